using System.ComponentModel;
using System.Diagnostics;

namespace DVStakers.Edge.Agent.Power;

/// <summary>A command run as a child process, without a shell.</summary>
internal static class Child
{
    private const int MostText = 64 * 1024;

    /// <summary>Code 127: it could not be run, and the text says why.</summary>
    /// <param name="patience">After this the command is given up and ended; null: it may take as long as it needs.</param>
    public static async Task<(int Code, string Output, string Errors)> Run(string program, IReadOnlyList<string> arguments, TimeSpan? patience, TimeProvider time, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Its words are read by a program.
        start.Environment["LC_ALL"] = "C";
        start.Environment["SYSTEMD_COLORS"] = "0";
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return (127, "", $"{program} cannot be run: {e.Message}");
        }
        process.StandardInput.Close();
        using var limit = patience is { } p ? new CancellationTokenSource(p, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return (process.ExitCode, Short(await output.ConfigureAwait(false)), Short(await errors.ConfigureAwait(false)));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The command that asks, not what it asks about.
            process.Kill();
            return (124, "", $"{program} did not answer within {patience!.Value.TotalSeconds:0} s");
        }
    }

    private static string Short(string text) => text.Length <= MostText ? text : text[..MostText];
}
