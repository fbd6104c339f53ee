import { assertEquals } from "@std/assert";
import { countReport, failedTests } from "../../../scripts/testing/report.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="0.009">
    <testsuite name="./tests/a_test.ts" tests="3" disabled="1" errors="0" failures="1">
        <testcase name="good" classname="./tests/a_test.ts" time="0.000" line="4" col="6">
        </testcase>
        <testcase name="&lt;b&gt; &amp; c" classname="./tests/a_test.ts" time="0.001" line="2" col="6">
            <failure message="Uncaught Error: &apos;x&apos;">Error: &apos;x&apos;
    at a_test.ts:2:42</failure>
        </testcase>
        <testcase name="left out" classname="./tests/a_test.ts" time="0.000" line="5" col="6">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("a report is counted by outcome", () => {
  assertEquals(countReport(REPORT), { passed: 1, failed: 1, skipped: 1 });
});

Deno.test("what failed is said with its file and why", () => {
  assertEquals(failedTests(REPORT), [
    "tests/a_test.ts: <b> & c\n    Error: 'x'\n        at a_test.ts:2:42",
  ]);
});
