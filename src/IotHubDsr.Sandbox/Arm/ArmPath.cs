namespace IotHubDsr.Sandbox.Arm;

/// <summary>A resource path; compared without regard to case, as Resource Manager does.</summary>
internal sealed record ArmPath(string[] Segments)
{
    public string Text { get; } = "/" + string.Join('/', Segments);

    public string? SubscriptionId => After("subscriptions");

    public string? ResourceGroup => After("resourceGroups");

    /// <summary>A subscription itself.</summary>
    public bool IsSubscription => Segments is [var first, _] && Same(first, "subscriptions");

    /// <summary>The listing of subscriptions, which nobody is refused.</summary>
    public bool IsSubscriptions => Segments is [var first] && Same(first, "subscriptions");

    /// <summary>
    /// The listing of a type in a subscription or resource group, or of subscriptions: Azure shows what can be seen below the scope to
    /// those who may not list at it.
    /// </summary>
    public bool IsListOfScope => IsSubscriptions || Array.FindIndex(Segments, segment => Same(segment, "providers")) == Segments.Length - 3;

    /// <summary>The provider of the last type in the path: an extension's, not the one of the resource it extends.</summary>
    public string Provider => After("providers", last: true) ?? "Microsoft.Resources";

    /// <summary>The type below the provider, for messages: "IotHubs", "storageAccounts/blobServices".</summary>
    public string Type
    {
        get
        {
            int providers = LastIndexOf("providers");
            return string.Join('/', Segments.Skip(providers < 0 ? 0 : providers + 2).Where((_, index) => index % 2 == 0));
        }
    }

    /// <summary>A collection or an action ends with a type, a resource with its name.</summary>
    public bool EndsWithType => (Segments.Length - Math.Max(0, LastIndexOf("providers"))) % 2 == 1;

    /// <summary>What a collection or an action belongs to: a resource, or the scope that a provider's resources are in.</summary>
    public ArmPath Parent
    {
        get
        {
            int providers = LastIndexOf("providers");
            return new ArmPath(providers >= 0 && Segments.Length == providers + 3 ? Segments[..providers] : Segments[..^1]);
        }
    }

    private string? After(string name, bool last = false)
    {
        int index = last ? LastIndexOf(name) : Array.FindIndex(Segments, segment => Same(segment, name));
        return index >= 0 && index + 1 < Segments.Length ? Segments[index + 1] : null;
    }

    private int LastIndexOf(string name) => Array.FindLastIndex(Segments, segment => Same(segment, name));

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
