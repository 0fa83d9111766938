namespace IotHubDsr;

/// <summary>A connection to one hub and to what lies behind it. It can be passed to other runspaces of the same process.</summary>
public sealed record DsrContext
{
    /// <summary>Names the connection inside this process.</summary>
    public required Guid Id { get; init; }

    /// <summary>Name of the hub.</summary>
    public required string HubName { get; init; }

    /// <summary>Host name of the hub's service API.</summary>
    public required string HubHostName { get; init; }

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? ResourceId { get; init; }

    /// <summary>SKU and units, such as <c>S3 x 4</c>; they set the pace of registry calls. Null when unknown.</summary>
    public string? Sku { get; init; }

    /// <summary>Name of the cloud.</summary>
    public required string Cloud { get; init; }

    /// <summary>How calls to the hub are authorised: <c>Entra</c> or <c>SharedAccessKey</c>.</summary>
    public required string HubAuthentication { get; init; }

    /// <summary>The source of the Entra credential; null when there is none.</summary>
    public string? CredentialSource { get; init; }

    /// <summary>Where requests are kept: the full path of a folder, or the URI of a blob container.</summary>
    public required string RequestStore { get; init; }

    /// <summary>When the connection was made.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>Name of the hub and of the cloud.</summary>
    public override string ToString() => VisibleText.OfLine($"{HubName} ({Cloud})");
}
