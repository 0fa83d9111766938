namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A device ID has characters or a length that IoT Hub does not allow.</summary>
    public static FaultDefinition InvalidDeviceId { get; } =
        new(
            "InvalidDeviceId",
            FaultCategory.InvalidArgument,
            "'{0}' is not a device ID: {1}.",
            "A device ID has 1 to 128 characters: ASCII letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ '. Check that the piped "
                + "object is a device."
        );

    /// <summary>A device ID came as a number, and what was typed is lost.</summary>
    public static FaultDefinition DeviceIdIsNumber { get; } =
        new(
            "DeviceIdIsNumber",
            FaultCategory.InvalidArgument,
            "The device ID {0} was given as a number, and what it was written as cannot be told.",
            "Put device IDs that look like numbers in quotation marks, such as '007'; they are text."
        );

    /// <summary>What was named is of another hub than the connection.</summary>
    public static FaultDefinition DeviceOfOtherHub { get; } =
        new(
            "DeviceOfOtherHub",
            FaultCategory.InvalidArgument,
            "The device '{0}' comes from {1}, and the connection is to {2}. Nothing was planned or changed.",
            "Connect to the hub that the object comes from, or pass its context with -Context. To ask another hub about the same ID, "
                + "pass the ID alone."
        );

    /// <summary>No location knows the device.</summary>
    public static FaultDefinition DeviceNotFound { get; } =
        new(
            "DeviceNotFound",
            FaultCategory.ObjectNotFound,
            "The hub has no device '{0}', and no location that was read holds data of it.",
            "Check the spelling; device IDs are case-sensitive. If the device was erased before, this is what is expected."
        );

    /// <summary>A generation belongs to one device.</summary>
    public static FaultDefinition ScopeNeedsOneDevice { get; } =
        new(
            "ScopeNeedsOneDevice",
            FaultCategory.InvalidArgument,
            "The generation ID '{0}' belongs to one device, and more than one was named; nothing was read.",
            "Run the command once for each device, with the generation ID of each; Get-IotDeviceDataFootprint shows that of a device in "
                + "the registry."
        );

    /// <summary>A window of time has nothing in it.</summary>
    public static FaultDefinition InvalidTimeWindow { get; } =
        new(
            "InvalidTimeWindow",
            FaultCategory.InvalidArgument,
            "The time window {0} has nothing in it: -EndTime is exclusive and must be after -StartTime.",
            "Pass an -EndTime that is later than -StartTime; give both with their offset from UTC if they are not in the time zone of "
                + "this machine."
        );

    /// <summary>The query was refused.</summary>
    public static FaultDefinition InvalidQuery { get; } =
        new(
            "InvalidQuery",
            FaultCategory.InvalidArgument,
            "The hub refused the query '{0}': {1}",
            "Pass the condition that follows WHERE in an IoT Hub query, such as: tags.owner = 'x'."
        );

    /// <summary>The query names no device.</summary>
    public static FaultDefinition NoDeviceMatched { get; } =
        new(
            "NoDeviceMatched",
            FaultCategory.ObjectNotFound,
            "No device matches the query '{0}'.",
            "Check the condition. Queries lag behind the registry by up to 30 minutes; name devices that changed lately with -DeviceId."
        );

    /// <summary>The ID stands for a device that the plan does not know.</summary>
    public static FaultDefinition DeviceRecreated { get; } =
        new(
            "DeviceRecreated",
            FaultCategory.ResourceBusy,
            "The ID '{0}' belongs to a device that the plan does not know: {1}; the new device was not touched.",
            "Find out whose the device is now. To erase what is left of the device that the request is about, accept a further plan with "
                + "Remove-IotDeviceData -GenerationId and its generation ID."
        );

    /// <summary>
    /// A device was deleted and its ID given to another one between the registration of a request and its first plan or export.
    /// </summary>
    public static FaultDefinition DeviceReassigned { get; } =
        new(
            "DeviceReassigned",
            FaultCategory.ResourceBusy,
            "The ID '{0}' stands for another device than when the request '{1}' was registered; nothing was erased or exported.",
            "Find out whose the device is now. For that one, register a request of its own; -GenerationId keeps to the device that the "
                + "request is about."
        );

    /// <summary>Nobody can tell whom an ID stands for.</summary>
    public static FaultDefinition DeviceUncertain { get; } =
        new(
            "DeviceUncertain",
            FaultCategory.ResourceUnavailable,
            "It cannot be told whether the ID '{0}' still belongs to the device of the plan: {1}",
            "Find out whose it is. If the registry could not be read, give the account the right to, then run Resume-IotDataRequest. "
                + "What the plan did not know takes a further plan of Remove-IotDeviceData; with -GenerationId it is about one device of "
                + "the ID alone."
        );
}
