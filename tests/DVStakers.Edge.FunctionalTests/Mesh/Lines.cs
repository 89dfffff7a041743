using System.Diagnostics;
using System.Threading.Channels;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>A process of ours, read line by line. Disposing ends it, by its id.</summary>
internal sealed class Lines : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly Process process;
    private readonly List<string> seen = [];

    private Lines(string file, params string[] arguments)
    {
        process = new Process { StartInfo = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static Lines Of(string file, params string[] arguments) => new(file, arguments);

    /// <summary>Reads until a line fits; fails with all that was read.</summary>
    public async Task<string> Until(Func<string, bool> fits)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(limit.Token);
                seen.Add(line);
                if (fits(line))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{process.StartInfo.FileName} did not say it within {Limit}. It said:\n" + string.Join('\n', seen));
        }
    }

    public Task<string> Until(string part) => Until(line => line.Contains(part, StringComparison.Ordinal));

    /// <summary>Such as HUP.</summary>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> Exit()
    {
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>All lines read so far.</summary>
    public IReadOnlyList<string> Seen => seen;

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
            lines.Writer.TryWrite(line);
    }
}
