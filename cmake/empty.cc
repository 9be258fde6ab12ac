// Nothing: a precompiled header needs a target that compiles something.
