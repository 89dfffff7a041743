using System.Net;
using System.Text.Json;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>Asks the running agent for one of its reports, and says what to do where it does not answer.</summary>
internal static class AgentAnswer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Where it should answer: null, and the problems are said, where a named configuration is wrong.</summary>
    public static async Task<string?> Address(string? file, string? url)
    {
        // Anyone may ask, also who may not read the configuration: then the usual address is tried.
        var read = url is null ? ConfigFile.Load(file, ConfigFile.ProcessEnvironment(), Environment.MachineName, out _) : null;
        if (file is not null && read is { Config: null })
        {
            foreach (var problem in read.Problems)
                await Console.Error.WriteLineAsync(problem.ToString());
            return null;
        }
        return url ?? AddressOf((read?.Config ?? new EdgeConfig()).Status.Listen);
    }

    /// <summary>The report and its bytes; null, and the reason is said, where there is none.</summary>
    public static async Task<(T Report, byte[] Body)?> Ask<T>(
        string address, string path, Func<byte[], T?> parse, TextWriter errors, TimeProvider time, CancellationToken stop) where T : class
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            await errors.WriteLineAsync($"{address} is not a URL such as http://127.0.0.1:5072");
            return null;
        }
        try
        {
            var body = await Fetch(new Uri(uri, path), time, stop);
            return (parse(body) ?? throw new JsonException("it is empty"), body);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || e is OperationCanceledException && !stop.IsCancellationRequested)
        {
            await errors.WriteLineAsync(NoAnswer(uri, path.TrimStart('/'), e));
            return null;
        }
    }

    /// <summary>Of the terminal.</summary>
    public static int Width()
    {
        try
        {
            return Console.IsOutputRedirected ? 80 : Console.WindowWidth;
        }
        catch (IOException)
        {
            // No terminal size to be had, as on some serial lines.
            return 80;
        }
    }

    private static async Task<byte[]> Fetch(Uri address, TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var response = await http.GetAsync(address, either.Token);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(either.Token)
            : throw new HttpRequestException($"it answered {(int)response.StatusCode}, so it is something else, or another version");
    }

    private static string NoAnswer(Uri address, string report, Exception e) =>
        $"""
        The agent does not answer at {address.GetLeftPart(UriPartial.Authority)}: {e switch
        {
            OperationCanceledException => $"nothing within {Patience.TotalSeconds} s; it hangs, or a firewall drops the request",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "the connection was refused, so it is not running or listens elsewhere",
            JsonException => $"what it said is not a {report} report ({e.Message})",
            _ => e.Message,
        }}

        For the validator: while the agent is down, its proxy serves nothing. The validator goes on only through the
        fallback in its own list, where the raw beacon nodes should stand behind the proxy.

        What to do:
          systemctl status dvstakers-edge     does it run, and if not, why not
          journalctl -u dvstakers-edge -n 50  its last words
          dvstakers-edge check-config         is the configuration good
        """;

    private static string AddressOf(string listen)
    {
        var end = IPEndPoint.Parse(listen);
        var host = end.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : end.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : end.Address;
        return $"http://{new IPEndPoint(host, end.Port)}";
    }
}
