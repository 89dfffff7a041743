using System.Text;
using System.Text.Json;
using DVStakers.Edge.Core.Clients;

namespace DVStakers.Edge.Core.Routing;

/// <summary>Tells "I have that already" from a refusal. What another node of ours gossiped first is a success (rule 9).</summary>
public static class Duplicate
{
    /// <summary>All clients' words: the one that answers may stand behind a client that rewrites them.</summary>
    private static readonly string[] Words = [.. ClientProfile.All.SelectMany(c => c.KnownWords).Distinct()];

    /// <summary>True where every failure in the answer is a duplicate; one true refusal among many makes it a refusal.</summary>
    public static bool Is(int status, ReadOnlySpan<byte> body)
    {
        if (status is < 400 or >= 600 || body.IsEmpty)
            return false;
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("failures", out var failures) && failures.ValueKind == JsonValueKind.Array && failures.GetArrayLength() > 0)
                return failures.EnumerateArray().All(f => f.ValueKind == JsonValueKind.Object
                    && f.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String && Says(message.GetString()!));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String && Says(text.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // A string that is no Unicode text.
            return false;
        }
        catch (JsonException)
        {
            return Says(Encoding.UTF8.GetString(body));
        }
    }

    private static bool Says(string text) => Words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));
}
