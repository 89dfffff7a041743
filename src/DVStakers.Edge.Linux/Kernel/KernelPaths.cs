namespace DVStakers.Edge.Linux.Kernel;

/// <summary>Where the kernel's interfaces begin. Tests put folders in their place.</summary>
public sealed record KernelPaths
{
    public static readonly KernelPaths System = new();

    /// <summary>Device nodes.</summary>
    public string Dev { get; init; } = "/dev";

    /// <summary>sysfs.</summary>
    public string Sys { get; init; } = "/sys";

    internal string Class(string name) => Path.Combine(Sys, "class", name);
}
