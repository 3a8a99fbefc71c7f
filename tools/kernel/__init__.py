"""Compiles the pass over a capture ahead of time: the same .py files, as C by way of Cython.

    python -m tools.kernel.build            compile; the modules appear beside their sources in src/
    python -m tools.kernel.build OUT        the same in a copy of src/ below OUT

There is one source. `translate` turns the modules of `world.KERNEL` into Cython's language from what their annotations
say, and changes nothing else: whole numbers become 64-bit signed integers (everything in the pass fits), columns become
pointers to their bytes, classes and functions of the kernel call each other as C does, and constants are put in as
numbers. Where nothing was compiled, the same files run as they are. See docs/design/speed.md.

world      the kernel's modules, their classes and functions with their C types
body       one function: the types of its local names, its expressions
translate  a module as .pyx and .pxd
build      calls Cython and the compiler
"""
