namespace IotHubDsr.Core.Azure.Logs;

/// <summary>A workspace of Log Analytics.</summary>
/// <param name="Id">The resource.</param>
/// <param name="Target">The workspace in words, for messages.</param>
internal sealed record LogPlace(ArmId Id, string Target)
{
    /// <summary>
    /// The ID that the query service itself has for the workspace; null where the account cannot read the resource. Then the workspace is
    /// queried by its resource ID.
    /// </summary>
    public string? CustomerId { get; init; }

    /// <summary>Where a role has to be assigned.</summary>
    public string Scope => $"the resource {Id}";
}
