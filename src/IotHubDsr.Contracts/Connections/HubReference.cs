namespace IotHubDsr;

/// <summary>A hub that an account can read.</summary>
/// <param name="Name">Name of the hub.</param>
/// <param name="ResourceId">Its Azure Resource Manager ID.</param>
public sealed record HubReference(string Name, string ResourceId)
{
    /// <summary>The name.</summary>
    public override string ToString() => VisibleText.OfLine(Name);
}
