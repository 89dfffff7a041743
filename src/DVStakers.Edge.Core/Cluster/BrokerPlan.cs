namespace DVStakers.Edge.Core.Cluster;

/// <summary>What a box's mosquitto is to be: the whole input of <see cref="BrokerConfiguration"/> and <see cref="BrokerAcl"/>.</summary>
public sealed record BrokerPlan
{
    public const int DefaultPort = 8883;
    public const int DefaultLocalPort = 1883;

    public required Roster Roster { get; init; }

    /// <summary>The box whose broker it is.</summary>
    public required string Box { get; init; }

    /// <summary>The folder that mosquitto finds the other files in, without a slash at its end.</summary>
    public required string Folder { get; init; }

    /// <summary>False: each box has a broker, and they pull from one another. True: this one is the broker of all.</summary>
    public bool Shared { get; init; }

    /// <summary>Port of the TLS listener. 1 to 65535.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The one address that the TLS listener is for; null: all of the machine's.</summary>
    public string? Address { get; init; }

    /// <summary>Port on loopback for the people on the box, without TLS, to read only. 0: none.</summary>
    public int LocalPort { get; init; } = DefaultLocalPort;

    /// <summary>Whether there is a list of revoked certificates beside the others.</summary>
    public bool HasRevocations { get; init; }

    /// <summary>The options that it was asked for with, as they are written on a command line; kept in the file for the next time.</summary>
    public string Options { get; init; } = "";

    /// <summary>The members whose brokers this one pulls from.</summary>
    public IEnumerable<Member> Pulled => Shared ? [] : Roster.Members.Where(m => m.Broker is not null && m.Box != Box);

    /// <summary>The topics of a box.</summary>
    internal string Subtree(string box) => $"dvstakers/{Roster.Cluster}/{box}/";

    internal string Heading =>
        $"# {(Shared ? "The broker of all boxes" : $"The broker of box {Box}")} in cluster {Roster.Cluster}. "
        + $"Written from the roster by `dvstakers-edge broker render`: what is changed by hand is lost with the next one.\n{OptionsMark}{Options}";

    private const string OptionsMark = "# Options: ";

    /// <summary>The options that a configuration was asked for with; null where it does not say.</summary>
    public static string? OptionsIn(string configuration) =>
        configuration.Split('\n').FirstOrDefault(l => l.StartsWith(OptionsMark, StringComparison.Ordinal))?[OptionsMark.Length..].Trim();
}

/// <summary>The names of the files in <see cref="BrokerPlan.Folder"/>.</summary>
public static class BrokerFileNames
{
    public const string Acl = "acl";

    /// <summary>Always empty: see <see cref="BrokerConfiguration"/>.</summary>
    public const string Passwords = "passwords";

    public const string Authority = "ca.crt";
    public const string Certificate = "box.crt";
    public const string Key = "box.key";
    public const string Revocations = "crl.pem";
}
