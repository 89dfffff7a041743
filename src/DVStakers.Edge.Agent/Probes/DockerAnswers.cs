using System.Globalization;
using System.Text.Json;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>One container of the list.</summary>
internal sealed record ContainerEntry(string Id, string Name, string Image);

/// <summary>What Docker's API answers (Engine API 1.40 and later), as processes. Pure.</summary>
internal static class DockerAnswers
{
    /// <summary>128 and SIGKILL: how a shell, and Docker, count an end by a signal.</summary>
    private const int KilledCode = 128 + 9;

    /// <summary>GET /containers/json.</summary>
    /// <exception cref="JsonException">It is not that.</exception>
    public static IReadOnlyList<ContainerEntry> List(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new JsonException("it is no list");
        var found = new List<ContainerEntry>();
        foreach (var item in document.RootElement.EnumerateArray())
            if (Text(item, "Id") is { Length: > 0 } id && id.All(char.IsAsciiHexDigit)
                && Member(item, "Names") is { ValueKind: JsonValueKind.Array } names && names.GetArrayLength() > 0 && names[0].ValueKind == JsonValueKind.String)
                found.Add(new(id, names[0].GetString()!.TrimStart('/'), Text(item, "Image") ?? ""));
        return found;
    }

    /// <summary>GET /containers/ID/json.</summary>
    /// <param name="memory">Bytes, from elsewhere.</param>
    /// <exception cref="JsonException">It is not that.</exception>
    public static ClientProcess Inspect(ReadOnlyMemory<byte> json, ContainerEntry entry, long? memory)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (Member(root, "State") is not { ValueKind: JsonValueKind.Object } state)
            throw new JsonException("it has no State");
        var status = Text(state, "Status");
        var running = status is "running" or "paused";
        var code = Number(state, "ExitCode");
        var oom = Member(state, "OOMKilled")?.ValueKind == JsonValueKind.True;
        var policy = Member(root, "HostConfig") is { } host && Member(host, "RestartPolicy") is { } p ? Text(p, "Name") : null;
        // A created one never ran, and has a code of 0 all the same.
        var ended = status is "exited" or "dead" or "restarting";
        return new()
        {
            Name = entry.Name,
            Role = KnownClients.RoleOf(entry.Name, entry.Image, Arguments(root)),
            State = status switch
            {
                "running" => ClientState.Running,
                "paused" => ClientState.Stopped,
                "restarting" or "created" => ClientState.Starting,
                "removing" => ClientState.Stopping,
                "dead" => ClientState.Failed,
                _ => code is 0 or null ? ClientState.Stopped : ClientState.Failed,
            },
            Wanted = policy is "always" or "unless-stopped" or "on-failure",
            Restarts = (int)(Number(root, "RestartCount") ?? 0),
            Memory = memory,
            LastEnd = status == "paused" ? "paused" : !ended ? null : oom ? "out of memory: the kernel killed it" : code switch
            {
                null => null,
                KilledCode => "SIGKILL",
                _ => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
            },
            Killed = ended && (oom || code == KilledCode),
            Since = Time(state, running ? "StartedAt" : "FinishedAt"),
        };
    }

    private static IEnumerable<string> Arguments(JsonElement root) => Member(root, "Args") is { ValueKind: JsonValueKind.Array } args
        ? [.. args.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)]
        : [];

    private static JsonElement? Member(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement of, string name) => Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static long? Number(JsonElement of, string name) => Member(of, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    /// <summary>The year 1 is Docker's word for never.</summary>
    private static DateTimeOffset? Time(JsonElement of, string name) =>
        DateTimeOffset.TryParse(Text(of, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1 ? time : null;
}
