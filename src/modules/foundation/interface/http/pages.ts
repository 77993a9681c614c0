/**
 * The few pages that are served as they are: signing in, and the reference. Each is HTML with scripts of its own address
 * alone; nothing is put into them, so that there is nothing to escape.
 */
export interface Page {
  readonly mediaType: string;
  readonly text: string;
}

export const HTML = 'text/html; charset=utf-8';
export const SCRIPT = 'text/javascript; charset=utf-8';
export const STYLE = 'text/css; charset=utf-8';

const OWN = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; script-src 'self'";
export const SIGN_IN_POLICY = `${OWN}; form-action 'none'`;
/** The reference's own style sheet draws its signs from `data:` addresses, and sets styles on elements. */
export const REFERENCE_POLICY = `${OWN}; form-action 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'`;

const head = (title: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;

export const SIGN_IN_PAGE = `${head('Carillon: sign in')}
<h1>Carillon</h1>
<p>This service is open to those who have a token. Its first start printed an address that signs a browser in: open that one, or
enter the token here. It is what <code>ADMIN_TOKEN</code> was set to, or what the file <code>admin-token</code> in the
service's data folder holds.</p>
<p lang="zh-CN">访问本服务需要令牌。首次启动时打印过一个用于登录浏览器的地址：请打开该地址，或在此输入令牌。令牌即 <code>ADMIN_TOKEN</code>
的值；未设置时，见服务数据目录中的文件 <code>admin-token</code>。</p>
<form id="form">
<p><label>Token <span lang="zh-CN">令牌</span> <input id="token" type="password" autocomplete="current-password" required autofocus size="50"></label>
<button>Sign in <span lang="zh-CN">登录</span></button></p>
</form>
<p id="answer" role="status"></p>
<p>Programs send <code>Authorization: Bearer &lt;token&gt;</code>. <span lang="zh-CN">程序请发送该请求头。</span></p>
<noscript><p>Signing in takes JavaScript. <span lang="zh-CN">登录需要启用 JavaScript。</span></p></noscript>
<script src="sign-in.js"></script></html>
`;

/** A fragment without a token is the place in the reference where a browser was sent away from. A token in it is the address that the first start prints: no server and no log ever sees it. */
export const SIGN_IN_SCRIPT = `const answer = document.getElementById('answer');
const signIn = async (token) => {
  const response = await fetch('session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (response.ok) location.replace('docs' + place);
  else answer.textContent = (await response.json()).detail;
};
const fromAddress = new URLSearchParams(location.hash.slice(1)).get('token');
const place = fromAddress === null ? location.hash : '';
history.replaceState(null, '', location.pathname);
if (fromAddress !== null) void signIn(fromAddress);
document.getElementById('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn(document.getElementById('token').value);
});
`;

export const REFERENCE_PAGE = `${head('Carillon: reference')}
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="reference"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script></html>
`;

export const REFERENCE_SCRIPT = `window.reference = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
  withCredentials: true,
});
`;

export const PLAIN_REFERENCE_PAGE = `${head('Carillon: reference')}
<h1>Carillon</h1>
<p>This deployment carries no reference page. The whole API is described in <a href="openapi.json">openapi.json</a>,
which any OpenAPI 3.1 viewer shows.</p></html>
`;
