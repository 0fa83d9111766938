namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A request store is neither a folder nor a blob container.</summary>
    public static FaultDefinition InvalidRequestStore { get; } =
        new(
            "InvalidRequestStore",
            FaultCategory.InvalidArgument,
            "'{0}' cannot be a request store.",
            "Pass a folder, or the https URI of a blob container without a query: access is granted by the roles of the connection's "
                + "account."
        );

    /// <summary>A request cannot have been received yet.</summary>
    public static FaultDefinition InvalidReceivedAt { get; } =
        new(
            "InvalidReceivedAt",
            FaultCategory.InvalidArgument,
            "A request cannot have been received at {0}: {1}.",
            "Pass the time at which the request arrived, with its offset from UTC if it arrived in another time zone."
        );

    /// <summary>The store has no such request.</summary>
    public static FaultDefinition RequestNotFound { get; } =
        new(
            "RequestNotFound",
            FaultCategory.ObjectNotFound,
            "There is no request '{0}' in {1}.",
            "Look for it with Get-IotDataRequest; name the store it is in with -RequestStore."
        );

    /// <summary>Somebody else works on the request.</summary>
    public static FaultDefinition RequestBusy { get; } =
        new(
            "RequestBusy",
            FaultCategory.ResourceBusy,
            "The request '{0}' is being worked on: {1}.",
            "Wait until that is done (-WaitSeconds waits for it). A process that was killed lets go at once of a folder, and within a "
                + "minute of a blob container."
        );

    /// <summary>The request is about another hub.</summary>
    public static FaultDefinition RequestForOtherHub { get; } =
        new(
            "RequestForOtherHub",
            FaultCategory.InvalidOperation,
            "The request '{0}' is about the hub '{1}', and the connection is to '{2}'.",
            "Connect to the hub of the request, or pass its context with -Context."
        );

    /// <summary>A plan is about other devices than the request.</summary>
    public static FaultDefinition RequestForOtherDevices { get; } =
        new(
            "RequestForOtherDevices",
            FaultCategory.InvalidOperation,
            "The request '{0}' is not about exactly the devices of the plan: {1}.",
            "Make the plan for the devices of the request, or register a request for the devices of the plan."
        );

    /// <summary>The request has a plan already.</summary>
    public static FaultDefinition RequestHasPlan { get; } =
        new(
            "RequestHasPlan",
            FaultCategory.InvalidOperation,
            "The request '{0}' already has the plan {1}.",
            "Go on with it by Resume-IotDataRequest; Get-IotDataRequest | Remove-IotDeviceData makes a further plan for it."
        );

    /// <summary>The request has no plan to go on with.</summary>
    public static FaultDefinition RequestHasNoPlan { get; } =
        new(
            "RequestHasNoPlan",
            FaultCategory.InvalidOperation,
            "Nothing was planned for the request '{0}' yet.",
            "Run Get-IotDataRequest | Remove-IotDeviceData for it, which plans, asks and erases; one that was answered without an "
                + "erasure takes a new request."
        );

    /// <summary>The time limit was extended already.</summary>
    public static FaultDefinition RequestExtended { get; } =
        new(
            "RequestExtended",
            FaultCategory.InvalidOperation,
            "The time limit of the request '{0}' was extended already; three months in all are the most.",
            "Answer the request within the time limit that Get-IotDataRequest shows."
        );

    /// <summary>The key of the request was destroyed.</summary>
    public static FaultDefinition RequestAnonymised { get; } =
        new(
            "RequestAnonymised",
            FaultCategory.InvalidOperation,
            "The key of the request '{0}' was destroyed: nobody can tell any more which devices it is about.",
            "Its journal and certificates can still be checked. Work on the devices takes a new request."
        );

    /// <summary>The request was answered without an erasure.</summary>
    public static FaultDefinition RequestAnswered { get; } =
        new(
            "RequestAnswered",
            FaultCategory.InvalidOperation,
            "The request '{0}' was answered on {1} without an erasure, and is closed.",
            "If the person asks for an erasure after all, run Remove-IotDeviceData with the devices and without -RequestId: that "
                + "registers a new request."
        );

    /// <summary>The key of an open request is to be destroyed without a reason.</summary>
    public static FaultDefinition RequestNotClosed { get; } =
        new(
            "RequestNotClosed",
            FaultCategory.InvalidOperation,
            "The key of the request '{0}' was not destroyed: the request is {1}, and without the key nobody could finish it.",
            "Bring the request to its end as its NextAction says. To destroy the key all the same, pass the reason with -Reason; it is "
                + "put on record, and the request stays due until its answer is noted."
        );

    /// <summary>A request is too large for its evidence.</summary>
    public static FaultDefinition RequestTooLarge { get; } =
        new(
            "RequestTooLarge",
            FaultCategory.LimitsExceeded,
            "The evidence of {0} cannot be written: {1}. Nothing was changed.",
            "Divide it into several requests of at most {2} devices each, such as by -Query or by parts of the list."
        );

    /// <summary>A location that is named is not one of the plan.</summary>
    public static FaultDefinition LocationNotInRequest { get; } =
        new(
            "LocationNotInRequest",
            FaultCategory.ObjectNotFound,
            "The hub of the request has no location '{0}'.",
            "Take the ID from (Get-IotDataLocation).Id or from the Locations of Get-IotDataRequest."
        );

    /// <summary>An owner's action is noted where none is waited for.</summary>
    public static FaultDefinition OwnerNotAsked { get; } =
        new(
            "OwnerNotAsked",
            FaultCategory.InvalidOperation,
            "The location '{0}' does not wait for its owner: its verdict is {1}.",
            "Run Test-IotDeviceDataErasure when the owner has erased there, and it is read again. What is Present takes a further plan: "
                + "Get-IotDataRequest | Remove-IotDeviceData, with -IncludeOldVersions for old versions."
        );

    /// <summary>A hold would have to be looked at again before it is set.</summary>
    public static FaultDefinition ReviewInPast { get; } =
        new(
            "ReviewInPast",
            FaultCategory.InvalidArgument,
            "The hold was not set: its review date {0} is over.",
            "Pass with -ReviewAt when the hold has to be looked at again, such as 2031-12-31."
        );

    /// <summary>A hold that is to be released does not stand.</summary>
    public static FaultDefinition HoldNotFound { get; } =
        new(
            "HoldNotFound",
            FaultCategory.ObjectNotFound,
            "There is no such hold on '{0}'.",
            "Look at the Holds of Get-IotDataRequest, and name the location, device and item as they stand there."
        );

    /// <summary>A hold was meant for something that the plan does not know under that name.</summary>
    public static FaultDefinition HoldUnmatched { get; } =
        new(
            "HoldUnmatched",
            FaultCategory.InvalidOperation,
            "The request '{0}' has a hold on what the plan does not know: {1}. Nothing was changed, for what was to be held would have "
                + "been erased.",
            "Take the ID of the location from (Get-IotDataLocation).Id and the path of the item from the Items of "
                + "Get-IotDeviceDataFootprint. Release the hold with Set-IotDataRequest -Release, and set it as it was meant if what it "
                + "is about is still there."
        );
}
