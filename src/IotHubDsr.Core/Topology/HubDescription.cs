using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>A hub as Azure Resource Manager describes it.</summary>
internal sealed record HubDescription
{
    public required ArmId ResourceId { get; init; }

    public required string Name { get; init; }

    /// <summary>Host name of the service API. It is never built from the name: clouds differ.</summary>
    public required string HostName { get; init; }

    /// <summary>Name of the SKU: <c>F1</c>, <c>B1</c> to <c>B3</c>, <c>S1</c> to <c>S3</c>, <c>GEN2</c>; empty when not told.</summary>
    public required string SkuName { get; init; }

    /// <summary>Units of the SKU, 1 or more.</summary>
    public required int Units { get; init; }

    /// <summary>State as the service names it: <c>Active</c>.</summary>
    public required string State { get; init; }

    /// <summary>
    /// The configuration. Keys in it are masked by the service, but it is not for the user's eyes: no part of it is passed on unread.
    /// </summary>
    public required JsonElement Properties { get; init; }

    /// <summary>
    /// Why a newer description could not be read that the service may have: endpoints of newer kinds can be missing from
    /// <see cref="Properties"/>. Null when it was read, and when the service serves none.
    /// </summary>
    public Fault? Unshown { get; init; }

    /// <summary>A basic hub has no twins, cloud-to-device messages, jobs or configurations.</summary>
    public bool IsBasic => SkuName.StartsWith('B') || SkuName.StartsWith('b');
}

/// <summary>A shared access policy of a hub with its key.</summary>
/// <param name="PolicyName">Name of the policy.</param>
/// <param name="Key">The key, in base64. A secret.</param>
internal sealed record HubKey(string PolicyName, string Key)
{
    /// <summary>The name alone: the key must not get into a log by interpolation.</summary>
    public override string ToString() => PolicyName;
}
