using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>
/// What may reach a lent node, said once more and not by the product's own tables: the validator's part of the Beacon API, as whole patterns of what is on the wire.
/// </summary>
internal static class Allowed
{
    private const string One = @"/[A-Za-z0-9._~!$&'()*+,=:@%-]+";
    private static readonly string[] Forbidden =
        ["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect", "authorization", "cookie"];

    private static readonly Regex Get = Whole(
        "/node/(version|peer_count)", "/beacon/genesis", "/beacon/headers", "/beacon/headers" + One, "/beacon/blocks" + One, "/beacon/blocks" + One + "/(root|attestations)", "/beacon/blinded_blocks" + One,
        "/config(" + One + ")*",
        "/validator/(attestation_data|aggregate_attestation|sync_committee_contribution|payload_attestation_data)", "/validator/payload_attestation_data" + One,
        "/validator/(blocks|blinded_blocks)" + One, "/validator/execution_payload_(envelopes|bids)" + One + One, "/validator/duties/proposer" + One,
        "/beacon/states" + One + "/(root|fork|finality_checkpoints|randao|committees|sync_committees|proposer_lookahead)", "/beacon/states" + One + "/validators" + One);

    private static readonly Regex Post = Whole(
        "/validator/duties/(attester|sync|ptc)" + One, "/validator/liveness" + One,
        "/validator/(prepare_beacon_proposer|register_validator|beacon_committee_subscriptions|sync_committee_subscriptions|proposer_preferences|aggregate_and_proofs|contribution_and_proofs)",
        "/beacon/(blocks|blinded_blocks|execution_payload_bids|execution_payload_envelopes)", "/beacon/pool/(attestations|sync_committees|voluntary_exits|payload_attestations|bls_to_execution_changes)");

    private static readonly Regex ByValidator = Whole("/beacon/states" + One + "/(?<part>validators|validator_balances|validator_identities)");
    private static readonly SearchValues<char> Ambiguous = SearchValues.Create("/\\;%?#");
    private static readonly Regex Line = new(@"^(GET|POST) (/[!-~]*) HTTP/1\.1$", RegexOptions.CultureInvariant);

    /// <summary>Null: it may; else what is wrong with it.</summary>
    /// <param name="asked">Null where it is no client's request but one that the proxy makes for all of them.</param>
    public static string? Objection(string line, IReadOnlyList<(string Name, string Value)> headers, ReadOnlySpan<byte> body, string host, Asked? asked)
    {
        if (Line.Match(line) is not { Success: true } match)
            return $"this line reached the node: {line}";
        var (method, target) = (match.Groups[1].Value, match.Groups[2].Value);
        var (path, query) = target.IndexOf('?') is var mark and >= 0 ? (target[..mark], target[mark..]) : (target, "");

        var named = headers.GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.OrdinalIgnoreCase);
        if (!named.TryGetValue("Host", out var hosts) || hosts.Count != 1 || hosts[0].Value != host)
            return "the node's request has another Host";
        if (Forbidden.FirstOrDefault(named.ContainsKey) is { } forbidden)
            return $"the header {forbidden} reached the node";
        if (named.TryGetValue("Content-Length", out var lengths) && lengths.Count != 1)
            return "the node's request has two lengths";
        if (body.Length > 16 << 20)
            return "a body of more than 16 MiB reached the node";

        if (asked is null)
            return method == "GET" && path == "/eth/v1/events" ? null : $"a request that no client made reached the node: {line}";
        if (asked.IsStranger)
            return "a stranger's request reached the node";
        if (asked.Method != method || Decoded(path) != asked.Path || Decoded(query) != Decoded(asked.Query))
            return $"asked was {asked.Method} {asked.Path}{asked.Query}, and the node got {line}";
        if (named.Keys.FirstOrDefault(n => asked.OfConnection.Contains(n) && n is not ("Host" or "Content-Length")) is { } own)
            return $"the header {own}, which the client called its connection's own, reached the node";
        if (named.Keys.FirstOrDefault(n => !asked.Headers.Contains(n) && n is not ("Host" or "Content-Length" or "X-Fuzz")) is { } added)
            return $"the header {added}, which the client did not send, reached the node";
        if (!asked.IsChunked && !asked.IsUnknown && asked.Input.AsSpan().IndexOf(body) < 0)
            return "a body that the client did not send reached the node";
        return OfPath(method, path, query, body) is { } why ? $"{why}: {line}" : null;
    }

    private static string? OfPath(string method, string path, string query, ReadOnlySpan<byte> body)
    {
        var trimmed = path.EndsWith('/') ? path[..^1] : path;
        if (trimmed.Split('/')[1..].Select(Decoded).Any(s => s is "" or "." or ".." || s.AsSpan().ContainsAny(Ambiguous) || s.Any(char.IsControl)))
            return "a path that can be read in different ways reached the node";
        if (ByValidator.Match(trimmed) is { Success: true } match)
            return method == "GET"
                ? NamesInQuery(query) ? null : "the whole registry was lent"
                : NamesInBody(body, match.Groups["part"].Value == "validators") ? null : "the whole registry was lent by a body";
        return (method == "GET" ? Get : Post).IsMatch(trimmed) ? null : "what is not lent reached the node";
    }

    /// <summary>As a node reads it: the key as it is written, and a value that has a digit, as every index and key has.</summary>
    private static bool NamesInQuery(string query) => query.TrimStart('?').Split('&').Any(p => p.Split('=', 2) is [var key, var value] && Decoded(key) == "id" && Decoded(value).Any(char.IsAsciiDigit));

    private static bool NamesInBody(ReadOnlySpan<byte> body, bool inObject)
    {
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            var root = document.RootElement;
            if (!inObject)
                return AreNames(root);
            // A node may take the first or the last of two, and may not care for capitals.
            var ids = root.ValueKind == JsonValueKind.Object ? root.EnumerateObject().Where(p => p.Name.Equals("ids", StringComparison.OrdinalIgnoreCase)).ToList() : [];
            return ids.Any(p => p.Name == "ids") && ids.All(p => AreNames(p.Value));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool AreNames(JsonElement list) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        && list.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String or JsonValueKind.Number && e.GetRawText().Any(char.IsAsciiDigit));

    private static string Decoded(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static Regex Whole(params string[] rests) => new($"^/eth/v[0-9]+({string.Join('|', rests)})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
}
