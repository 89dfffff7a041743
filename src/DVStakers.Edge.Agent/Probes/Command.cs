using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>A command that only asks, run without a shell.</summary>
internal static class Command
{
    private const int MostText = 1 << 20;

    /// <summary>What it says, or why there is no answer.</summary>
    /// <param name="patience">After this it is given up and ended.</param>
    public static async Task<(string? Text, string? Problem)> Ask(string program, IEnumerable<string> arguments, TimeSpan patience, TimeProvider time, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in arguments)
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
            return (null, $"{program} cannot be run: {e.Message}");
        }
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var (output, errors) = (Read(process.StandardOutput, either.Token), Read(process.StandardError, either.Token));
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            var said = await output.ConfigureAwait(false);
            return process.ExitCode == 0 ? (said, null) : (null, $"{program} failed: {(await errors.ConfigureAwait(false)).Split('\n')[0]}");
        }
        catch (OperationCanceledException)
        {
            // The command that asks, not what it asks about.
            process.Kill();
            stop.ThrowIfCancellationRequested();
            return (null, $"{program} did not answer within {patience.TotalSeconds:0} s");
        }
    }

    private static async Task<string> Read(StreamReader from, CancellationToken stop)
    {
        var text = new StringBuilder();
        var piece = new char[8192];
        while (await from.ReadAsync(piece, stop).ConfigureAwait(false) is > 0 and var got)
            if (text.Length < MostText)
                text.Append(piece, 0, got);
        return text.ToString();
    }
}
