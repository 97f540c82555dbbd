"""Formulas of Excel's binary formats as text, as far as it takes to see what they call: [MS-XLS] 2.5.198, [MS-XLSB] 2.2.2."""

from __future__ import annotations

import struct

FORM_95, FORM_97, FORM_2007 = 0, 1, 2
"""How a formula is written: Excel 5 and 95, 97 to 2003, binary workbooks since 2007."""

_SIZES = {
    0x01: (4, 4, 4), 0x02: (4, 4, 4), 0x1C: (1, 1, 1), 0x1D: (1, 1, 1), 0x1E: (2, 2, 2), 0x1F: (8, 8, 8), 0x20: (7, 7, 14),
    0x21: (2, 2, 2), 0x22: (3, 3, 3), 0x23: (14, 4, 4), 0x24: (3, 4, 6), 0x25: (6, 8, 12), 0x26: (6, 6, 6), 0x27: (6, 6, 6),
    0x28: (6, 6, 6), 0x29: (2, 2, 2), 0x2A: (3, 4, 6), 0x2B: (6, 8, 12), 0x2C: (3, 4, 6), 0x2D: (6, 8, 12), 0x39: (24, 6, 6),
    0x3A: (17, 6, 8), 0x3B: (20, 10, 14), 0x3C: (17, 6, 8), 0x3D: (20, 10, 14),
}  # fmt: skip
"""Bytes behind a token, without its class, in each form."""
_OPERATORS = ("+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>")
_FUNCTIONS = {
    53: "GOTO", 54: "HALT", 85: "RUN", 95: "SELECTION", 97: "INITIATE", 98: "REQUEST", 99: "POKE", 100: "EXECUTE", 110: "EXEC",
    111: "CHAR", 132: "FOPEN", 133: "FCLOSE", 136: "FREAD", 137: "FWRITELN", 138: "FWRITE", 149: "REGISTER", 150: "CALL",
    186: "GET.WORKSPACE", 267: "REGISTER.ID", 359: "HYPERLINK",
}  # fmt: skip
_COMMANDS = {17: "RUN", 96: "FORMULA", 50: "FILE.DELETE", 51: "CLOSE", 1: "BEEP", 148: "ON.TIME", 130: "APP.MAXIMIZE"}
_ONE_ARGUMENT = 1
_DEPTH = 512


def as_text(tokens: bytes, *, form: int = FORM_97) -> str:
    """The formula of a token stream; what is not needed to judge it is short ("REF", "F12(...)")."""
    stack: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at] if tokens[at] < 0x20 else tokens[at] & 0x1F | 0x20
        at += 1
        if 0x03 <= token <= 0x0E:
            _operate(stack, _OPERATORS[token - 3])
        elif token in (0x0F, 0x10, 0x11):
            _operate(stack, ",")
        elif 0x12 <= token <= 0x15:
            continue
        elif token == 0x16:
            stack.append("")
        elif token == 0x17:
            value, at = _string(tokens, at, form)
            stack.append('"' + value.replace('"', '""') + '"')
        elif token == 0x19:
            at += _attribute(tokens, at)
        elif token in _SIZES:
            size = _SIZES[token][form]
            _operand(stack, token, tokens[at : at + size].ljust(size, b"\0"))
            at += size
        else:
            break
        if len(stack) > _DEPTH:
            break
    return " ".join(stack)[:32_000]


def _operate(stack: list[str], operator: str) -> None:
    right, left = (stack.pop() if stack else ""), (stack.pop() if stack else "")
    if operator == "&" and left.endswith('"') and right.startswith('"'):
        stack.append((left[:-1] + right[1:])[:32_000])
    else:
        stack.append(f"{left}{operator}{right}"[:32_000])


def _string(tokens: bytes, at: int, form: int) -> tuple[str, int]:
    if form == FORM_2007:
        (length,) = struct.unpack_from("<H", tokens[at : at + 2].ljust(2, b"\0"))
        end = at + 2 + 2 * length
        return tokens[at + 2 : end].decode("utf-16-le", "replace"), end
    length, flags = tokens[at : at + 2].ljust(2, b"\0")
    if form == FORM_95:
        return tokens[at + 1 : at + 1 + length].decode("cp1252", "replace"), at + 1 + length
    end = at + 2 + (2 * length if flags & 1 else length)
    return tokens[at + 2 : end].decode("utf-16-le" if flags & 1 else "cp1252", "replace"), end


def _attribute(tokens: bytes, at: int) -> int:
    kind, value = struct.unpack("<BH", tokens[at : at + 3].ljust(3, b"\0"))
    return 3 + 2 * (value + 1) if kind & 0x04 else 3


def _operand(stack: list[str], token: int, value: bytes) -> None:
    if token == 0x1E:
        stack.append(str(int.from_bytes(value, "little")))
    elif token == 0x1F:
        stack.append(f"{struct.unpack('<d', value)[0]:.15g}")
    elif token == 0x21:
        _call(stack, _name(int.from_bytes(value, "little")), _ONE_ARGUMENT)
    elif token == 0x22:
        _call(stack, _name(int.from_bytes(value[1:], "little")), value[0] & 0x7F)
    elif token in (0x26, 0x27, 0x28, 0x29):
        return
    else:
        stack.append("NAME" if token in (0x23, 0x39) else "REF")


def _name(number: int) -> str:
    if number & 0x8000:
        return _COMMANDS.get(number & 0x7FFF, f"C{number & 0x7FFF}")
    return _FUNCTIONS.get(number, f"F{number}")


def _call(stack: list[str], name: str, count: int) -> None:
    arguments = [stack.pop() for _ in range(min(count, len(stack)))][::-1]
    if name == "CHAR" and len(arguments) == 1 and arguments[0].isdecimal() and 0 < int(arguments[0][:4]) < 0x110000:
        stack.append('"' + chr(int(arguments[0][:4])).replace('"', '""') + '"')
    elif name == "F255" and arguments:
        # A function by its name: an add-in's, or one of later versions.
        stack.append(f"{arguments[0]}({','.join(arguments[1:])})"[:32_000])
    else:
        stack.append(f"{name}({','.join(arguments)})"[:32_000])
