// Rewrites the folded form of the legacy `try` into the flat form, which is the
// only one that wasm-tools reads:
//
//   (try $l (result i32) (do A) (catch $e B) (catch_all C))
//     try $l (result i32)     A   catch $e B   catch_all C  end
//   (try (do A) (delegate $l))
//     try     A  delegate $l
//
// Lines stay as they are. A `try` that is an operand of a folded instruction
// would need that one unfolded too; the legacy scripts have none.

const TOKENS = /;;[^\n]*|\(;[^]*?;\)|"(?:\\[^]|[^"\\])*"|[()]|[^\s()";]+|\s+/g;
const ARMS = ['do', 'catch', 'catch_all', 'delegate'];

// Returns the text of a script with its folded `try`s unfolded.
export function unfoldTry(text) {
  const tokens = text.match(TOKENS) ?? [];
  const open = [];  // of each parenthesis: {head, delegates}
  return tokens.map((token, i) => {
    if (token === '(') {
      const parent = open.at(-1);
      const head = tokens[i + 1];
      const arm = parent?.head === 'try' && ARMS.includes(head);
      if (arm && head === 'delegate') parent.delegates = true;
      open.push({head, arm, delegates: false});
      return arm || head === 'try' ? ' ' : token;
    }
    if (token === ')') {
      const {head, arm, delegates} = open.pop();
      if (head === 'try') return delegates ? ' ' : ' end ';
      return arm ? ' ' : token;
    }
    const isArmHead = tokens[i - 1] === '(' && open.at(-1)?.arm;
    return isArmHead && token === 'do' ? '  ' : token;
  }).join('');
}
