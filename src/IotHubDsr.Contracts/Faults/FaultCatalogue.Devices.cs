namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A device ID has characters or a length that IoT Hub does not allow.</summary>
    public static FaultDefinition InvalidDeviceId { get; } =
        new(
            "InvalidDeviceId",
            FaultCategory.InvalidArgument,
            "'{0}' is not a valid device ID: {1}.",
            "A device ID has 1 to 128 characters: ASCII letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ '. Check that the piped "
                + "object is a device."
        );

    /// <summary>A device ID was passed as a number, which loses its spelling.</summary>
    public static FaultDefinition DeviceIdIsNumber { get; } =
        new(
            "DeviceIdIsNumber",
            FaultCategory.InvalidArgument,
            "The device ID {0} was passed as a number, so its original spelling is unknown.",
            "Quote device IDs that look like numbers, such as '007'; they are text."
        );

    /// <summary>The device belongs to another hub than the connected one.</summary>
    public static FaultDefinition DeviceOfOtherHub { get; } =
        new(
            "DeviceOfOtherHub",
            FaultCategory.InvalidArgument,
            "The device '{0}' comes from {1}, but the connection is to {2}. Nothing was planned or changed.",
            "Connect to the hub that the object comes from, or pass its context with -Context. To look up the same ID in another hub, "
                + "pass the ID alone."
        );

    /// <summary>No location knows the device.</summary>
    public static FaultDefinition DeviceNotFound { get; } =
        new(
            "DeviceNotFound",
            FaultCategory.ObjectNotFound,
            "The hub has no device '{0}', and no location that was read holds data about it.",
            "Check the spelling; device IDs are case-sensitive. If the device was erased before, this is the expected result."
        );

    /// <summary>A generation ID belongs to one device.</summary>
    public static FaultDefinition ScopeNeedsOneDevice { get; } =
        new(
            "ScopeNeedsOneDevice",
            FaultCategory.InvalidArgument,
            "The generation ID '{0}' belongs to one device, but several were specified; nothing was read.",
            "Run the command once per device, each with its own generation ID; Get-IotDeviceDataFootprint shows the generation ID of a "
                + "registered device."
        );

    /// <summary>A time window is empty.</summary>
    public static FaultDefinition InvalidTimeWindow { get; } =
        new(
            "InvalidTimeWindow",
            FaultCategory.InvalidArgument,
            "The time window {0} is empty: -EndTime is exclusive and must be later than -StartTime.",
            "Pass an -EndTime later than -StartTime; include the UTC offset in both unless they are in this machine's time zone."
        );

    /// <summary>The hub rejected the query.</summary>
    public static FaultDefinition InvalidQuery { get; } =
        new(
            "InvalidQuery",
            FaultCategory.InvalidArgument,
            "The hub rejected the query '{0}': {1}",
            "Pass the condition that follows WHERE in an IoT Hub query, for example: tags.owner = 'x'."
        );

    /// <summary>The query matches no device.</summary>
    public static FaultDefinition NoDeviceMatched { get; } =
        new(
            "NoDeviceMatched",
            FaultCategory.ObjectNotFound,
            "No device matches the query '{0}'.",
            "Check the condition. Query results lag behind the registry by up to 30 minutes; pass recently changed devices with -DeviceId."
        );

    /// <summary>The ID now belongs to a device that the plan does not cover.</summary>
    public static FaultDefinition DeviceRecreated { get; } =
        new(
            "DeviceRecreated",
            FaultCategory.ResourceBusy,
            "The ID '{0}' belongs to a device that the plan does not cover: {1}; the new device was not touched.",
            "Find out whose device it is now. To erase what is left of the device that the request is about, accept a further plan with "
                + "Remove-IotDeviceData -GenerationId and its generation ID."
        );

    /// <summary>A device stays in the registry, because a service that would make it again could not be stopped.</summary>
    public static FaultDefinition DeviceWouldReturn { get; } =
        new(
            "DeviceWouldReturn",
            FaultCategory.InvalidOperation,
            "The device '{0}' was not deleted: {1} would let it register again, because that could not be erased there: {2}.",
            "Correct what the error of that location says, and finish the request with Resume-IotDataRequest."
        );

    /// <summary>The ID passed to another device after the request was registered, before its first plan or export.</summary>
    public static FaultDefinition DeviceReassigned { get; } =
        new(
            "DeviceReassigned",
            FaultCategory.ResourceBusy,
            "The ID '{0}' no longer identifies the device that the request '{1}' was registered for; nothing was erased or exported.",
            "Find out whose device it is now. Register a separate request for the new device; -GenerationId restricts a command to the "
                + "device that this request is about."
        );

    /// <summary>It is uncertain which device an ID identifies.</summary>
    public static FaultDefinition DeviceUncertain { get; } =
        new(
            "DeviceUncertain",
            FaultCategory.ResourceUnavailable,
            "Cannot determine whether the ID '{0}' still belongs to the device of the plan: {1}",
            "Find out whose device it is. If the registry could not be read, grant the account access, then run Resume-IotDataRequest. "
                + "Data that the plan does not cover needs a further plan from Remove-IotDeviceData; -GenerationId limits that plan to "
                + "one device of this ID."
        );
}
