"""Runs the cases of a file in Wasmtime: vote_wasmtime.py FILE COMPILER [FIRST]

Prints what vote_v8.mjs does, with the messages of Wasmtime.
"""

import base64
import json
import struct
import sys

import wasmtime
from wasmtime import _ffi as ffi

PARTS = ["before", "after", "host", "driver", "log"]
LOG_BEGIN = 16


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        at += 4
        record = json.loads(data[at : at + length])
        at += length
        for part, size in zip(PARTS, record["lengths"]):
            record[part] = data[at : at + size]
            at += size
        yield record


def new_engine(compiler):
    config = wasmtime.Config()
    config.strategy = "cranelift"
    config.cranelift_opt_level = compiler
    config.parallel_compilation = False
    for feature in (
        "custom_page_sizes",
        "exceptions",
        "function_references",
        "gc",
        "memory64",
        "multi_memory",
        "tail_call",
        "threads",
        "wide_arithmetic",
    ):
        setattr(config, "wasm_" + feature, True)
    ffi.wasmtime_config_shared_memory_set(config.ptr(), True)
    return wasmtime.Engine(config)


def end_of(error):
    text = str(error)
    if "wasm trap: " in text:
        return text.split("wasm trap: ", 1)[1].split("\n")[0]
    if "exception" in text:
        return "exception"
    return "limit: " + text.splitlines()[-1].strip()


def call(store, func, *args):
    try:
        func(store, *args)
        return ""
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        return end_of(error)


def take_steps(store, driver, steps, ends):
    for step in range(steps):
        end = call(store, driver[str(step)])
        ends.append(end)
        looks = end != "" or step % 4 == 3 or step + 1 == steps
        looked = call(store, driver["state"], int(looks))
        if looked != "":
            ends.append("state: " + looked)


def vote(engine, record, modules, subject):
    """`modules` are host and driver, compiled."""
    ends = []
    store = wasmtime.Store(engine)
    linker = wasmtime.Linker(engine)
    host_instance = linker.instantiate(store, modules["host"])
    for name in ("env", "host"):
        linker.define_instance(store, name, host_instance)
    host = host_instance.exports(store)
    try:
        module = wasmtime.Module(engine, subject)
    except wasmtime.WasmtimeError as error:
        return {"refused": str(error)}
    guest = None
    try:
        guest = linker.instantiate(store, module)
        ends.append("")
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        if "import" in str(error) and "wasm trap" not in str(error):
            return {"refused": str(error)}
        ends.append(end_of(error))
    if guest is not None:
        linker.define_instance(store, "guest", guest)
        try:
            driver = linker.instantiate(store, modules["driver"])
        except wasmtime.WasmtimeError as error:
            return {"refused": "its exports: " + str(error)}
        take_steps(store, driver.exports(store), record["steps"], ends)
    looked = call(store, host["state"], 1)
    if looked != "":
        ends.append("state: " + looked)
    memory = host["log"]
    (used,) = struct.unpack("<I", memory.read(store, 0, 4))
    log = memory.read(store, LOG_BEGIN, LOG_BEGIN + used)
    return {"ends": ends, "log": base64.b64encode(log).decode()}


def votes(engine, record):
    try:
        modules = {
            part: wasmtime.Module(engine, record[part])
            for part in ("host", "driver")
        }
    except wasmtime.WasmtimeError as error:
        return {"before": {"refused": "its harness: " + str(error)}}
    before = vote(engine, record, modules, record["before"])
    after = vote(engine, record, modules, record["after"])
    if after == before:
        return {"before": before}
    return {"before": before, "after": after}


def main(path, compiler, first=0):
    engine = new_engine(compiler)
    for record in records(path):
        if record["skip"] or record["error"] or record["number"] < int(first):
            continue
        line = {"number": record["number"], **votes(engine, record)}
        print(json.dumps(line), flush=True)


main(*sys.argv[1:])
