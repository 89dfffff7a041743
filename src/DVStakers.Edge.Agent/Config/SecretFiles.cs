using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Config;

/// <summary>Looks at the start whether the files that the configuration names can be read, so that a wrong permission is an error at once and not a failed probe later.</summary>
internal static class SecretFiles
{
    public static IEnumerable<ConfigProblem> Check(EdgeConfig config, IReadOnlyDictionary<string, string> origins)
    {
        for (var i = 0; i < config.Stacks.Count; i++)
            if (config.Stacks[i].JwtSecret is { } path && Problem(path, LooksLikeJwtSecret, "must hold 32 bytes in hexadecimal, the same file that the execution client uses") is { } wrong)
                yield return new(origins.GetValueOrDefault($"stacks[{i}].jwt-secret", path), wrong);
        if (config.Mqtt?.PasswordFile is { } password && Problem(password, text => text.Split('\n')[0].Trim().Length > 0, "must hold the password in its first line") is { } problem)
            yield return new(origins.GetValueOrDefault("mqtt.password-file", password), problem);
        if (config.Power?.NutPasswordFile is { } nut && Problem(nut, text => text.Split('\n')[0].Trim().Length > 0, "must hold the password in its first line") is { } bare)
            yield return new(origins.GetValueOrDefault("power.nut-password-file", nut), bare);
        if (TlsFiles.Of(config) is { } tls)
            foreach (var (file, kind, key) in new[] { (tls.Authority, "CERTIFICATE", "ca-file"), (tls.Certificate, "CERTIFICATE", "certificate-file"), (tls.Key, "PRIVATE KEY", "key-file") })
                if (file is not null && Problem(file, text => text.Contains(kind + "-----", StringComparison.Ordinal), $"must hold a {kind.ToLowerInvariant()} in PEM") is { } bad)
                    // The cluster's own files are damaged or gone by accident, not by a wrong setting: its validator keeps its own nodes.
                    yield return config.Mqtt!.Tls == MqttTls.Cluster
                        ? new(origins.GetValueOrDefault("mqtt.tls", file), bad + ". Until then there is no connection to the broker", IsWarning: true)
                        : new(origins.GetValueOrDefault("mqtt." + key) ?? origins.GetValueOrDefault("mqtt.tls", file), bad);
    }

    /// <summary>64 hexadecimal digits, with or without 0x.</summary>
    public static bool LooksLikeJwtSecret(string text)
    {
        var hex = text.Trim();
        if (hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            hex = hex[2..];
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigit);
    }

    private static string? Problem(string path, Func<string, bool> isGood, string must)
    {
        try
        {
            return isGood(File.ReadAllText(path)) ? null : $"{path} {must}";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no file {path}";
        }
        catch (UnauthorizedAccessException)
        {
            return $"{path} cannot be read by user {Environment.UserName}; add that user to the file's group, or correct its mode";
        }
        catch (IOException e)
        {
            return $"{path} cannot be read: {e.Message}";
        }
    }
}
