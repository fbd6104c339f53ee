import { type Edges, exec, file, type Inputs, pkg, svc } from "mgmt";

/** What nginx is for on a host. */
export interface NginxOptions {
  sites: Site[];
  /** Requests that one address may make, by the name of the zone. */
  limits?: Record<string, string>;
}

/** A name that it answers to, by files, by another server, or by sending elsewhere. */
interface Site {
  name: string;
  root?: string;
  proxy?: string;
  redirect?: string;
  /** The largest body of a request. */
  body?: string;
}

const TLS = "/etc/nginx/tls";

/** A server for the web, with TLS for each site. */
export function nginx({ host, read }: Inputs, { sites, limits = {} }: NginxOptions) {
  const installed = pkg("nginx");
  // Nothing is loaded that nginx would refuse.
  const test = exec("nginx -t", { cmd: "/usr/sbin/nginx -t", ifcmd: "false", require: installed });
  const conf = (path: string, content: string) =>
    file(`/etc/nginx/${path}`, { content, mode: "0644", require: installed, notify: test });

  conf("nginx.conf", read("files/nginx.conf").replace("WORKERS", String(Math.min(host.cpus, 8))));
  const zones = Object.entries(limits).map(([zone, rate]) =>
    `limit_req_zone $binary_remote_addr zone=${zone}:10m rate=${rate};\n`
  );
  conf("conf.d/limits.conf", zones.join(""));
  file("/etc/nginx/sites-enabled/default", { state: "absent", require: installed, notify: test });

  const tls = file(`${TLS}/`, { mode: "0700", require: installed });
  for (const site of sites) {
    certificate(site.name, { require: tls, notify: test });
    conf(`sites-available/${site.name}`, virtualHost(site));
    file(`/etc/nginx/sites-enabled/${site.name}`, {
      target: `../sites-available/${site.name}`,
      notify: test,
    });
    if (site.root !== undefined) documents(site.root, site.name);
  }
  svc("nginx", { state: "running", startup: "enabled", subscribe: test });
}

/** Until a real one is put in its place. */
function certificate(name: string, edges: { require: Edges; notify: Edges }) {
  exec(`certificate of ${name}`, {
    cmd: `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 ` +
      `-subj /CN=${name} -keyout ${TLS}/${name}.key -out ${TLS}/${name}.crt`,
    creates: `${TLS}/${name}.crt`,
    ...edges,
  });
}

function documents(root: string, name: string) {
  const parts = root.split("/").slice(1);
  for (const [index] of parts.entries()) file(`/${parts.slice(0, index + 1).join("/")}/`);
  file(`${root}/index.html`, { content: `<!doctype html><title>${name}</title>\n`, mode: "0644" });
}

function virtualHost(site: Site) {
  return `server {
  listen 443 ssl;
  server_name ${site.name};
  ssl_certificate ${TLS}/${site.name}.crt;
  ssl_certificate_key ${TLS}/${site.name}.key;
  client_max_body_size ${site.body ?? "1m"};
  ${answer(site)}
}
server {
  listen 80;
  server_name ${site.name};
  return 301 https://$host$request_uri;
}
`;
}

function answer({ name, root, proxy, redirect }: Site) {
  if (root !== undefined) return `root ${root};`;
  if (redirect !== undefined) return `return 301 ${redirect}$request_uri;`;
  if (proxy === undefined) throw new Error(`the site ${name} has no root, proxy or redirect`);
  return `location / {
    proxy_pass ${proxy};
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  }`;
}
