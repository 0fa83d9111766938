namespace IotHubDsr;

/// <summary>Options of a worker: how it reaches Azure, and how much it does.</summary>
public sealed record WorkerOptions
{
    /// <summary>URI of the blob container with the requests.</summary>
    public required string Store { get; init; }

    /// <summary>Where the Entra credential comes from; null with a sandbox, for the sandbox's own.</summary>
    public CredentialSource? CredentialSource { get; init; }

    /// <summary>Tenant of the credential; null for the credential's own.</summary>
    public string? TenantId { get; init; }

    /// <summary>Client ID of a user-assigned managed identity or of a workload.</summary>
    public string? ClientId { get; init; }

    /// <summary>The cloud.</summary>
    public AzureCloud Cloud { get; init; }

    /// <summary>A running sandbox; null for Azure.</summary>
    public IotHubSandbox? Sandbox { get; init; }

    /// <summary>Hosts beside the cloud's own to which storage tokens may go, as <c>host</c> or <c>host:port</c>.</summary>
    public IReadOnlyList<string> TrustedStorageHosts { get; init; } = [];

    /// <summary>How many blobs to read at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>When to end at the latest; null to end when nothing is left.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How long there has to be nothing to do before the worker ends.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
}
