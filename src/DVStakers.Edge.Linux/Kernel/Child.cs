using System.ComponentModel;
using System.Diagnostics;

namespace DVStakers.Edge.Linux.Kernel;

/// <summary>A command run as a child process, without a shell.</summary>
public static class Child
{
    /// <summary>The code of a command that could not be run; as a shell has it.</summary>
    public const int NotRun = 127;

    /// <summary>The code of a command that took too long; as timeout(1) has it.</summary>
    public const int GivenUp = 124;

    private const int MostText = 1 << 20;

    /// <summary>
    /// What systemd tells the service's main process alone. systemd's own commands (255 and later) tell whoever they are given how they ended, and each time the
    /// journal would warn of that.
    /// </summary>
    private static readonly string[] TheAgentsOwn = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"];

    /// <summary>What a command that only asks says, or why there is no answer.</summary>
    /// <param name="patience">After this it is given up and ended.</param>
    public static async Task<(string? Text, string? Problem)> Ask(string program, IReadOnlyList<string> arguments, TimeSpan patience, TimeProvider time, CancellationToken stop) =>
        await Run(program, arguments, patience, time, stop).ConfigureAwait(false) switch
        {
            (0, var output, _) => (output, null),
            (NotRun or GivenUp, _, var why) => (null, why),
            (_, _, var errors) => (null, $"{program} failed: {errors.Split('\n')[0]}"),
        };

    /// <summary>Its exit code, and what it wrote, of each at most 1 Mi characters. <see cref="NotRun"/>, <see cref="GivenUp"/>: the text of the errors says why.</summary>
    /// <param name="patience">After this the command is given up and ended; null: it may take as long as it needs.</param>
    public static async Task<(int Code, string Output, string Errors)> Run(string program, IReadOnlyList<string> arguments, TimeSpan? patience, TimeProvider time, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Its words are read by a program.
        start.Environment["LC_ALL"] = "C";
        start.Environment["SYSTEMD_COLORS"] = "0";
        foreach (var variable in TheAgentsOwn)
            start.Environment.Remove(variable);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return (NotRun, "", $"{program} cannot be run: {e.Message}");
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
            return (GivenUp, "", $"{program} did not answer within {patience!.Value.TotalSeconds:0} s");
        }
    }

    private static string Short(string text) => text.Length <= MostText ? text : text[..MostText];
}
