using System.Diagnostics;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>A real mosquitto on a loopback port, which can be ended and started again.</summary>
internal sealed class Broker : IAsyncDisposable
{
    public const string User = "edge";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("mosquitto-");
    private readonly string? password;
    private Lines? process;

    private readonly bool quiet;

    private Broker(string? password, bool quiet) => (this.password, this.quiet) = (password, quiet);

    public int Port { get; } = Ports.Free();

    /// <summary>Not started yet. With a password, only <see cref="User"/> may connect.</summary>
    /// <param name="quiet">It logs nothing but that it runs: each message costs two lines otherwise.</param>
    public static Broker Prepare(string? password = null, bool quiet = false) => new(password, quiet);

    public static async Task<Broker> Start(string? password = null)
    {
        var broker = Prepare(password);
        await broker.Start();
        return broker;
    }

    public async Task Start()
    {
        var configuration = Path.Combine(directory.FullName, "mosquitto.conf");
        var lines = new List<string> { $"listener {Port} 127.0.0.1", $"user {Environment.UserName}", "persistence false", "log_dest stderr", quiet ? "log_type information" : "log_type all" };
        if (password is null)
        {
            lines.Add("allow_anonymous true");
        }
        else
        {
            var file = Path.Combine(directory.FullName, "passwords");
            using var tool = Process.Start(new ProcessStartInfo("mosquitto_passwd", ["-c", "-b", file, User, password]))!;
            await tool.WaitForExitAsync();
            Assert.Equal(0, tool.ExitCode);
            lines.Add($"password_file {file}");
        }
        await File.WriteAllLinesAsync(configuration, lines);
        process = Lines.Of("/usr/sbin/mosquitto", "-c", configuration);
        await process.Until(line => line.EndsWith("running", StringComparison.Ordinal));
    }

    /// <summary>What the broker logs.</summary>
    public Lines Log => process!;

    /// <summary>Ends the broker at once, as a power cut would.</summary>
    public async Task Kill()
    {
        await process!.DisposeAsync();
        process = null;
    }

    /// <summary>mosquitto_sub on everything of a box; lines are "retained topic payload".</summary>
    public Lines Watch(string filter = "dvstakers/#") => Lines.Of("mosquitto_sub",
        [.. new[] { "-h", "127.0.0.1", "-p", $"{Port}", "-t", filter, "-F", "%r %t %p" }, .. password is null ? [] : new[] { "-u", User, "-P", password }]);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        directory.Delete(recursive: true);
    }
}
