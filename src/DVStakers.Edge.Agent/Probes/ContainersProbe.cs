using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Asks Docker for the clients' containers, through its own socket and only by GET: whoever may write to that socket owns the machine, so nothing else is ever sent.</summary>
/// <param name="containers">Besides those with a usual name.</param>
/// <param name="cgroups">/sys/fs/cgroup.</param>
internal sealed class ContainersProbe(IReadOnlyList<string> containers, string socket, string cgroups, ChannelWriter<Observation> observations, TimeProvider time)
{
    public const string Cgroups = "/sys/fs/cgroup";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>At the start the nodes come first.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MostAnswer = 8 << 20;

    /// <summary>More clients than this are on no box.</summary>
    private const int MostContainers = 64;

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
        var now = time.GetUtcNow();
        if (!File.Exists(socket))
            return new("docker", now, [], $"there is no {socket}");
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var client = Client();
        try
        {
            var all = DockerAnswers.List(await Get(client, "/containers/json?all=1", either.Token).ConfigureAwait(false));
            var clients = new List<ClientProcess>();
            foreach (var entry in all.Where(e => containers.Contains(e.Name) || KnownClients.IsClient(e.Name, e.Image)).Take(MostContainers))
            {
                try
                {
                    clients.Add(DockerAnswers.Inspect(await Get(client, $"/containers/{entry.Id}/json", either.Token).ConfigureAwait(false), entry, Memory(entry.Id)));
                }
                catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound)
                {
                    // It was removed a moment ago.
                }
            }
            return new("docker", now, clients);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            var denied = e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied };
            return new("docker", now, [], denied ? $"{socket} may not be read; the agent's user is not in the group docker" : $"{socket}: {e.Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new("docker", now, [], $"{socket}: no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static async Task<byte[]> Get(HttpClient client, string path, CancellationToken stop)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), stop).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false)
            : throw new HttpRequestException($"it answers {(int)response.StatusCode} to {path}", null, response.StatusCode);
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancel) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel).ConfigureAwait(false);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://docker"),
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostAnswer,
    };

    /// <summary>Docker's own figures cost it a second a container; the kernel's are free, where systemd keeps the groups.</summary>
    private long? Memory(string id)
    {
        try
        {
            return HostFiles.Number(File.ReadAllText(Path.Combine(cgroups, "system.slice", $"docker-{id}.scope", "memory.current")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
