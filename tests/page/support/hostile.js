// Texts that try to be more than text.

/** Marks every element that a text below would make, should it ever become markup. */
export const MARK = 'hostile';

export const MARKUP = [
  `<script ${MARK}>globalThis.pwned = 'script'</script>`,
  `</script><script ${MARK}>globalThis.pwned = 'closed'</script>`,
  `</textarea></title></style></noscript></template></dd></dl></article><img ${MARK} src=x onerror="globalThis.pwned = 'img'">`,
  `<svg ${MARK} onload="globalThis.pwned = 'svg'"><script>globalThis.pwned = 'svg script'</script></svg>`,
  `<iframe ${MARK} srcdoc="<script>parent.pwned = 'frame'</script>"></iframe>`,
  `<object ${MARK} data="http://hostile.example/o"></object><embed ${MARK} src="http://hostile.example/e">`,
  `<link ${MARK} rel=stylesheet href="http://hostile.example/s.css"><style ${MARK}>* { display: none }</style>`,
  `<base ${MARK} href="http://hostile.example/"><meta ${MARK} http-equiv=refresh content="0;url=http://hostile.example/m">`,
  `<form ${MARK} action="http://hostile.example/f"><button ${MARK} autofocus onfocus="globalThis.pwned = 'focus'">Sign</button></form>`,
  `<a ${MARK} href="javascript:globalThis.pwned='link'">the verdict</a>`,
  `<x-hostile ${MARK} onclick="globalThis.pwned = 'click'" style="position:fixed;inset:0">`,
  `<details ${MARK} open ontoggle="globalThis.pwned = 'toggle'"><math ${MARK}><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
  `"><img ${MARK} src=x onerror=alert(1)> ' onmouseover='alert(2)' x="`,
  '<!-- <!-- --!> --> <![CDATA[ ]]> <?xml ?> <!DOCTYPE html>',
  '&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;amp; &nbsp;',
  '{{csp}} {{ui}} ${globalThis.pwned = 1} $& $1 %s %3Cscript%3E \\u003cscript\\u003e #{1} <%= 1 %>',
  'javascript:alert(1) data:text/html,<script>alert(1)</script> http://hostile.example/x.png file:///etc/passwd',
  '=HYPERLINK("http://hostile.example/"; "x") +1 -1 @SUM(1) |calc',
  '__proto__ constructor toString hasOwnProperty',
  'url(http://hostile.example/u) } body { display: none } @import "http://hostile.example/i"; \\0a content: "x"',
];

/** Characters that nobody sees, or that turn the text around them; each has to be spelt out. */
export const UNSEEN = [
  '\u202e', '\u202d', '\u202a', '\u202b', '\u202c', '\u2066', '\u2067', '\u2068', '\u2069', '\u200e', '\u200f', '\u061c',
  '\u200b', '\u2060', '\ufeff', '\u00ad', '\u2028', '\u2029', '\u{e0041}',
];

export const CONTROLS = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).filter((c) => !'\t\n\r'.includes(c)),
  ...Array.from({ length: 33 }, (_, code) => String.fromCharCode(0x7f + code)),
];

/** How the page spells such a character out. */
export function spelt(character) {
  const code = character.codePointAt(0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** A text of 60 KiB. */
export const LONG = `${'All work and no play. '.repeat(2_790)}<b ${MARK}>the end</b>`;
