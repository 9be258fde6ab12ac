// The works that tern-load can do. Each plays its part of the field, adds its figures and checks to the report, and
// returns when done or out of time. One file each.
#pragma once
#include "kit/report.h"
#include "load/options.h"

namespace bench {

// `senders` announce the same table, all receivers take it.
void run_fan(LoadOptions const& options, Report& report);
// One sender's table reaches the receivers, then the sender goes: how soon is the last route withdrawn?
void run_down(LoadOptions const& options, Report& report);
// Every node announces its blocks, all at once, and hears of all others.
void run_mesh(LoadOptions const& options, Report& report);
// All receivers hold the table and ask for all of it again, at once.
void run_refresh(LoadOptions const& options, Report& report);
// The table goes on changing: how far behind is everybody, and how late are keepalives?
void run_churn(LoadOptions const& options, Report& report);
// One receiver reads at 100 kB/s: what do the others lose?
void run_slow(LoadOptions const& options, Report& report);
// A recorded feed from one neighbour to all receivers.
void run_feed(LoadOptions const& options, Report& report);
// All neighbours dial at once: how soon are all up?
void run_storm(LoadOptions const& options, Report& report);
// One changed route at a time: how soon have all receivers heard it?
void run_latency(LoadOptions const& options, Report& report);
// One receiver stops reading while routes keep changing.
void run_stall(LoadOptions const& options, Report& report);
// Everybody holds the table; then a command makes the daemon forbid one prefix of it, named to the command as $PREFIX:
// how soon is it done, how soon has everybody heard, and has anybody else noticed?
void run_reload(LoadOptions const& options, Report& report);

}  // namespace bench
