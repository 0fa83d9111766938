namespace IotHubDsr;

/// <summary>By what data of devices gets from a hub to a place.</summary>
public enum DataWayKind
{
    /// <summary>No way: a sentence about the place or one of its ways, or a way that an earlier version put in words alone.</summary>
    Remark = 0,

    /// <summary>The hub itself keeps the data.</summary>
    Hub = 1,

    /// <summary>The route that takes what no other route does.</summary>
    FallbackRoute = 2,

    /// <summary>A route.</summary>
    Route = 3,

    /// <summary>A routing endpoint that no route leads to: what earlier routes sent can be there.</summary>
    UnroutedEndpoint = 4,

    /// <summary>The built-in endpoint of a hub without routes.</summary>
    BuiltInEndpoint = 5,

    /// <summary>The setting for files that devices upload.</summary>
    FileUpload = 6,

    /// <summary>An Event Grid subscription.</summary>
    EventSubscription = 7,

    /// <summary>Events that an Event Grid subscription could not deliver.</summary>
    DeadLetters = 8,

    /// <summary>A diagnostic setting of Azure Monitor.</summary>
    DiagnosticSetting = 9,

    /// <summary>The link of a Device Provisioning Service to the hub.</summary>
    ProvisioningLink = 10,

    /// <summary>The link of the hub to a namespace of Azure Device Registry.</summary>
    RegistryNamespaceLink = 11,

    /// <summary>An entry of the operator's location file.</summary>
    LocationFile = 12,

    /// <summary>Another hub that writes to the same place.</summary>
    OtherHub = 13,

    /// <summary>A data connection of Data Explorer that reads from the hub, or from a place that it routes to.</summary>
    DataConnection = 14,
}
