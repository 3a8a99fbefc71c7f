"""The lab: runs programs on virtual hosts, records packets and calls, leaves a run folder. It never explains.

``plan``       `Plan`, `HostPlan`: what is to run, as data
``run``        `run`: does it, and returns a `RunOutcome`
``command``    a command line as a shell would split it, the program found
``kernel``     the system calls that Python 3.11 has no name for
``isolation``  user, network and PID namespaces
``netlink``, ``links``  interfaces, addresses, neighbours, offloads
``wire``       the process that carries, delays and records each frame
``rules``      what the wire does to a frame on purpose
``spawner``    process 1 of the programs' PID namespace: starts them, waits for them
``sockets``    the kernel's socket table of a host
``watch``      when to start the client, when the run is over
``trace``      what the tracer wrote, as `Call`s
``inject/``    the tracer itself, loaded by the programs' Python
``catalogue``  the labs that come with whywire
``doctor``     what this machine allows, and what to do about the rest
"""
