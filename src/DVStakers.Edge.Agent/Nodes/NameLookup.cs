using System.Net;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>
/// The addresses of one node's host name, looked up anew for each connection. Where no name server answers, the system's resolver keeps its thread for many
/// seconds: so it gets one of its own, and there is one lookup at a time that all who wait share. A name that is gone must not take the threads that serve the others.
/// </summary>
internal sealed class NameLookup(string host)
{
    private readonly Lock gate = new();
    private Task<IPAddress[]>? running;

    public Task<IPAddress[]> Addresses()
    {
        if (IPAddress.TryParse(host, out var literal))
            return Task.FromResult<IPAddress[]>([literal]);
        lock (gate)
        {
            if (running is null or { IsCompleted: true })
                running = Task.Factory.StartNew(() => Dns.GetHostAddresses(host), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return running;
        }
    }
}
