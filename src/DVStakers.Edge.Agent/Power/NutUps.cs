using System.Net.Sockets;
using System.Text;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Agent.Power;

/// <summary>
/// A UPS of a NUT server, asked by <c>LIST VAR</c> over one connection that is kept. It never logs in as a monitor, for upsmon's shutdown waits for those, and never sets FSD.
/// </summary>
/// <param name="user">Null: the server is asked without.</param>
internal sealed class NutUps(string host, int port, string ups, string? user, string? passwordFile, TimeProvider time) : IUps
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>A UPS has some eighty variables of less than a hundred characters.</summary>
    private const int MostLines = 2000;

    private TcpClient? connection;
    private StreamReader? reader;

    public string Place => $"UPS {ups} of the NUT server at {host}:{port}";

    public TimeSpan Every { get; } = TimeSpan.FromSeconds(2);

    public async Task<PowerReading> Read(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            if (reader is null)
                await Connect(either.Token).ConfigureAwait(false);
            return await Ask(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException || e is OperationCanceledException && !stop.IsCancellationRequested)
        {
            Dispose();
            return PowerReading.Silent($"the NUT server at {host}:{port} " + e switch
            {
                OperationCanceledException => $"does not answer within {Patience.TotalSeconds:0} s",
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refuses the connection: does it run, and does upsd.conf LISTEN there?",
                _ => $"cannot be asked: {e.Message}",
            });
        }
    }

    private async Task Connect(CancellationToken stop)
    {
        Dispose();
        connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(host, port, stop).ConfigureAwait(false);
        reader = new StreamReader(connection.GetStream(), Encoding.UTF8);
        if (user is null)
            return;
        var password = passwordFile is null ? "" : (await File.ReadAllTextAsync(passwordFile, stop).ConfigureAwait(false)).Split('\n')[0].TrimEnd('\r');
        foreach (var (what, line) in new[] { ("user", $"USERNAME {user}"), ("password", $"PASSWORD {password}") })
            if (await Line(line, stop).ConfigureAwait(false) is var answer && !answer.StartsWith("OK", StringComparison.Ordinal))
                throw new IOException($"it refuses the {what}: {NutAnswers.Error(answer, ups)}");
    }

    private async Task<PowerReading> Ask(CancellationToken stop)
    {
        var first = await Line($"LIST VAR {ups}", stop).ConfigureAwait(false);
        if (first.StartsWith("ERR ", StringComparison.Ordinal))
            return PowerReading.Silent(NutAnswers.Error(first, ups));
        if (first != $"BEGIN LIST VAR {ups}")
            throw new IOException(NutAnswers.Error(first, ups));
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < MostLines; i++)
        {
            var line = await reader!.ReadLineAsync(stop).ConfigureAwait(false) ?? throw new IOException("it closed the connection");
            if (line == $"END LIST VAR {ups}")
                return NutAnswers.Parse(variables);
            if (line.StartsWith("ERR ", StringComparison.Ordinal))
                return PowerReading.Silent(NutAnswers.Error(line, ups));
            if (NutAnswers.Variable(line) is var (name, value))
                variables[name] = value;
        }
        throw new IOException("its list does not end");
    }

    private async Task<string> Line(string question, CancellationToken stop)
    {
        await connection!.GetStream().WriteAsync(Encoding.UTF8.GetBytes(question + "\n"), stop).ConfigureAwait(false);
        return await reader!.ReadLineAsync(stop).ConfigureAwait(false) ?? throw new IOException("it closed the connection");
    }

    public void Dispose()
    {
        reader?.Dispose();
        connection?.Dispose();
        (reader, connection) = (null, null);
    }
}
