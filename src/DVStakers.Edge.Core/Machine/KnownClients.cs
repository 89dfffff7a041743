using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Machine;

/// <summary>How the usual set-ups call their clients, as data.</summary>
public static class KnownClients
{
    private static readonly string[] Execution = ["geth", "nethermind", "besu", "erigon", "reth", "ethrex"];
    private static readonly string[] Consensus = ["lighthouse", "prysm", "teku", "nimbus", "lodestar", "grandine"];
    private static readonly string[] Middleware = ["charon", "ssv", "vouch", "vero", "mev-boost", "commit-boost"];

    /// <summary>Ethereum on ARM names a unit by its client, its duty, its network and whether it builds with MEV.</summary>
    private static readonly string[] Networks = ["", "-sepolia", "-hoodi", "-gnosis"];

    private static readonly string[] Mev = ["", "-mev"];

    /// <summary>
    /// Ethereum on ARM (<c>geth</c>, <c>lighthouse-beacon-mev</c>); CoinCashew (<c>execution</c>, <c>consensus</c>, <c>validator</c>); Web3 Pi (<c>w3p_geth</c>); and the
    /// names of common guides (<c>lighthousebeacon</c>, <c>lighthousevalidator</c>).
    /// </summary>
    public static readonly IReadOnlyList<string> Units =
    [
        .. Execution.SelectMany(c => Networks.Select(n => c + n)),
        .. Consensus.SelectMany(c => new[] { "-beacon", "-validator" }.SelectMany(d => Networks.SelectMany(n => Mev.Select(m => c + d + n + m)))),
        .. Middleware,
        "execution", "consensus", "validator", "mevboost", "eth1", "eth2",
        .. Consensus.SelectMany(c => new[] { c, c + "beacon", c + "validator", c + "-bn", c + "-vc", "w3p_" + c + "-beacon", "w3p_" + c + "-validator" }),
        .. Execution.Select(c => "w3p_" + c),
        "prysmbeacon", "prysmvalidator", "beacon-chain",
    ];

    // eth-docker (compose of either version), Rocket Pool, Web3 Pi.
    private static readonly string[] Endings =
        ["-execution-1", "-consensus-1", "-validator-1", "_execution_1", "_consensus_1", "_validator_1", "-charon-1", "_charon_1", "-mev-boost-1"];

    private static readonly string[] Names =
        ["rocketpool_eth1", "rocketpool_eth2", "rocketpool_validator", "rocketpool_mev-boost", "w3p_geth", "w3p_lighthouse-beacon", "w3p_nimbus-beacon"];

    /// <summary>A container with the usual name of a client; or, as DAppNode, Stereum and DVT compose files have it, with a client's image.</summary>
    public static bool IsClient(string container, string image) => Names.Contains(container) || Endings.Any(e => container.EndsWith(e, StringComparison.Ordinal))
        || (container.StartsWith("DAppNodePackage-", StringComparison.Ordinal) && ClientIn(container) is not null)
        || ClientIn(Repository(image)) is not null;

    /// <summary>By its name, else its image, else the words it was started with.</summary>
    public static ClientKind RoleOf(string name, string image = "", IEnumerable<string>? arguments = null)
    {
        var all = $"{name} {Repository(image)}".ToLowerInvariant();
        if (Has(all, "validator") || all.Contains("-vc", StringComparison.Ordinal))
            return ClientKind.Validator;
        if (Middleware.Any(m => Has(all, m)) || Has(all, "mevboost"))
            return ClientKind.Middleware;
        if (Has(all, "beacon") || Has(all, "consensus") || Has(all, "eth2") || Has(all, "-bn"))
            return ClientKind.Consensus;
        if (Execution.Any(c => Has(all, c)) || Has(all, "execution") || Has(all, "eth1"))
            return ClientKind.Execution;
        // One image holds both; what it was told to be decides.
        return !Consensus.Any(c => Has(all, c)) ? ClientKind.Other
            : arguments?.Any(a => a is "vc" or "validator" or "validator_client" or "validator-client") == true ? ClientKind.Validator
            : ClientKind.Consensus;
    }

    private static string? ClientIn(string text) =>
        Execution.Concat(Consensus).Concat(["charon", "ssv-node", "vouch"]).FirstOrDefault(c => Has(text.ToLowerInvariant(), c));

    /// <summary>A word of its own, or the beginning of one: <c>reth</c> is not in <c>threth</c>.</summary>
    private static bool Has(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
            if (at == 0 || word[0] == '-' || !char.IsAsciiLetterOrDigit(text[at - 1]) || word is "validator" or "beacon")
                return true;
        return false;
    }

    /// <summary>Without the registry and the tag; of <c>host/sigp/lighthouse:v7</c> the <c>sigp/lighthouse</c>.</summary>
    private static string Repository(string image)
    {
        var name = image.Split('@')[0];
        var tag = name.LastIndexOf(':');
        if (tag > name.LastIndexOf('/'))
            name = name[..tag];
        var parts = name.Split('/');
        return string.Join('/', parts.TakeLast(2));
    }
}
