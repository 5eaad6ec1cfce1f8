"""What breaks on a server, done to the real service, and what must hold all the same.

    a kill, a power cut          SIGKILL in and between accept, claim, commit, send: test_kill
    a process stands still       SIGSTOP for longer than its leases hold: faults.stopped
    a disk is full               no file may grow, the log neither: faults.full
    a store is read-only         the database itself refuses every write: faults.read_only
    a database is gone           another name; nobody may connect: faults.gone
    a platform is cut off        it resets, hangs, says 502: faults.cut_off
    a crash renews tokens        SIGKILL around Zalo's answer and our commit: test_tokens
    a clock is wrong             a day ahead and back; two an hour apart: test_clock
    webhooks come again          every one, in another order: citizens.replay

After each: nothing acknowledged is lost, each message was handled once, each person's in their
order, every letter was sent or says why not, the evidence's seals hold (invariants.check).
"""
