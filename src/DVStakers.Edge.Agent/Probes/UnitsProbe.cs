using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Asks systemd for the clients' units: one <c>systemctl show</c> for all of them, without a shell. It starts and stops none.</summary>
/// <param name="units">Besides those with a usual name.</param>
internal sealed class UnitsProbe(IReadOnlyList<string> units, string systemctl, ChannelWriter<Observation> observations, TimeProvider time)
{
    public const string Systemctl = "systemctl";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>At the start the nodes come first.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(3);

    /// <summary>Where systemd is not there it will hardly come.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MostText = 1 << 20;

    private readonly IReadOnlyList<string> names = [.. KnownClients.Units.Concat(units).Select(u => u.Contains('.') ? u : u + ".service").Distinct()];

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            await Task.Delay(AfterStart, time, stop).ConfigureAwait(false);
            while (true)
            {
                var reading = await Read(stop).ConfigureAwait(false);
                await observations.WriteAsync(new ClientsSeen(reading), stop).ConfigureAwait(false);
                await Task.Delay(reading.Problem is null ? Every : AfterRefusal, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    public async Task<ClientsReading> Read(CancellationToken stop)
    {
        var (text, problem) = await Ask(stop).ConfigureAwait(false);
        return new("systemd", time.GetUtcNow(), text is null ? [] : SystemdAnswers.Parse(text), problem);
    }

    private async Task<(string? Text, string? Problem)> Ask(CancellationToken stop)
    {
        var start = new ProcessStartInfo(systemctl) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in new[] { "show", "--no-pager", "--timestamp=unix", "--property=" + SystemdAnswers.Properties, "--" }.Concat(names))
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        start.Environment["SYSTEMD_COLORS"] = "0";
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return (null, $"{systemctl} cannot be run: {e.Message}");
        }
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var (output, errors) = (Text(process.StandardOutput, either.Token), Text(process.StandardError, either.Token));
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            var said = await output.ConfigureAwait(false);
            return process.ExitCode == 0 ? (said, null) : (null, $"{systemctl} failed: {(await errors.ConfigureAwait(false)).Split('\n')[0]}");
        }
        catch (OperationCanceledException)
        {
            // The command that asks, not what it asks about.
            process.Kill();
            stop.ThrowIfCancellationRequested();
            return (null, $"{systemctl} did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static async Task<string> Text(StreamReader from, CancellationToken stop)
    {
        var text = new System.Text.StringBuilder();
        var piece = new char[8192];
        while (await from.ReadAsync(piece, stop).ConfigureAwait(false) is > 0 and var got)
            if (text.Length < MostText)
                text.Append(piece, 0, got);
        return text.ToString();
    }
}
