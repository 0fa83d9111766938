namespace IotHubDsr;

/// <summary>Options to start a sandbox.</summary>
public sealed record StartSandboxOptions
{
    /// <summary>Full path of the sandbox's assembly.</summary>
    public required string AssemblyPath { get; init; }

    /// <summary>The seed of the simulated world: same seed, same world.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Multiplies the number of bulk devices and messages; 1 or more.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>Port on 127.0.0.1; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>SKU of the hub, such as <c>S1</c>, which decides its throttles; null for the sandbox's own.</summary>
    public string? Sku { get; init; }

    /// <summary>Units of the hub, 1 or more; null for the sandbox's own.</summary>
    public int? Units { get; init; }

    /// <summary>How long to wait for it to start.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);
}
