//! Messages to the language server: whatever they are, it ends when the input does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const START: &str = concat!(
    "Content-Length: 110\r\n\r\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{},\"processId\":null,\"rootUri\":null}}   ",
    "Content-Length: 52\r\n\r\n",
    "{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}"
);

fuzz_target!(|data: &[u8]| {
    let mut input = START.as_bytes().to_vec();
    input.extend_from_slice(data);
    seaworthy::lsp::run_on(Cursor::new(input), std::io::sink());
});
