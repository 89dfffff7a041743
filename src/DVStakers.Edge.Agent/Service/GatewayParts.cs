using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.State;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>The peer gateway, wired: certificates in front, the nodes of this box behind.</summary>
internal sealed class GatewayParts
{
    /// <summary>At once, of all members.</summary>
    public const int MostConnections = 512;

    private readonly MutualTls tls;
    private readonly Lender lender;
    private readonly Gateway gateway;

    public GatewayParts(Membership membership, SnapshotFeed state, IReadOnlyList<NodeClient> own, TimeProvider time, ILogger log)
    {
        tls = new MutualTls(() => membership.Certificate, (X509Certificate2 shown, out string why) => membership.Identify(shown, time.GetUtcNow(), out why)?.Box, time, log);
        lender = new Lender(state, own, new ProxyCounts(), time, new LentLog(log));
        gateway = new Gateway(b => PeerTls.IsCurrent(b, membership, time.GetUtcNow()), box => lender.Of(state.Current.Lent.GetValueOrDefault(box)), new RosterRoute(membership, log), time, log);
    }

    public Task Handle(HttpContext context) => gateway.Handle(context);

    public ConnectionDelegate Around(ConnectionDelegate next) => tls.Around(next);

    public Task Run(CancellationToken stop) => Task.WhenAll(lender.Run(stop), gateway.Run(stop));
}
