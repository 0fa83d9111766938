namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A request store is neither a folder nor a blob container.</summary>
    public static FaultDefinition InvalidRequestStore { get; } =
        new(
            "InvalidRequestStore",
            FaultCategory.InvalidArgument,
            "'{0}' cannot be a request store.",
            "Pass a folder, or the https URI of a blob container without a query string: access is granted by the roles of the connected "
                + "account."
        );

    /// <summary>A request cannot have been received at the stated time.</summary>
    public static FaultDefinition InvalidReceivedAt { get; } =
        new(
            "InvalidReceivedAt",
            FaultCategory.InvalidArgument,
            "A request cannot have been received at {0}: {1}.",
            "Pass the time at which the request arrived, with its UTC offset if it arrived in another time zone."
        );

    /// <summary>The owner of a location cannot have acted at the stated time.</summary>
    public static FaultDefinition InvalidActionTime { get; } =
        new(
            "InvalidActionTime",
            FaultCategory.InvalidArgument,
            "The owner of '{0}' cannot have acted for this request at {1}: {2}.",
            "Pass the time at which the owner acted or the recipient answered, with its UTC offset if it was in another time zone."
        );

    /// <summary>The store has no such request.</summary>
    public static FaultDefinition RequestNotFound { get; } =
        new(
            "RequestNotFound",
            FaultCategory.ObjectNotFound,
            "There is no request '{0}' in {1}.",
            "List the requests with Get-IotDataRequest; name another store with -RequestStore."
        );

    /// <summary>Another process is working on the request.</summary>
    public static FaultDefinition RequestBusy { get; } =
        new(
            "RequestBusy",
            FaultCategory.ResourceBusy,
            "The request '{0}' is in use by {1}.",
            "Wait until it has finished (-WaitSeconds does that). A killed process releases a folder at once, and a blob container within "
                + "a minute."
        );

    /// <summary>Somebody ended the run.</summary>
    public static FaultDefinition RequestStopped { get; } =
        new(
            "RequestStopped",
            FaultCategory.InvalidOperation,
            "The run of the request '{0}' was ended by Stop-IotDataRequest.",
            "What it had done is on record; Resume-IotDataRequest goes on."
        );

    /// <summary>There is no run to end.</summary>
    public static FaultDefinition RequestNotRunning { get; } =
        new(
            "RequestNotRunning",
            FaultCategory.InvalidOperation,
            "Nobody works on the request '{0}'.",
            "Get-IotDataRequest shows who does (Holder). A process that was killed holds a container for up to a minute."
        );

    /// <summary>The request is about another hub.</summary>
    public static FaultDefinition RequestForOtherHub { get; } =
        new(
            "RequestForOtherHub",
            FaultCategory.InvalidOperation,
            "The request '{0}' is about the hub '{1}', but the connection is to '{2}'.",
            "Connect to the hub of the request, or pass its context with -Context."
        );

    /// <summary>The request is about other devices.</summary>
    public static FaultDefinition RequestForOtherDevices { get; } =
        new(
            "RequestForOtherDevices",
            FaultCategory.InvalidOperation,
            "The request '{0}' is about other devices: {1}.",
            "Name exactly the devices of the request, or register another request for these devices."
        );

    /// <summary>The request already has a plan.</summary>
    public static FaultDefinition RequestHasPlan { get; } =
        new(
            "RequestHasPlan",
            FaultCategory.InvalidOperation,
            "The request '{0}' already has the plan {1}.",
            "Continue it with Resume-IotDataRequest; Get-IotDataRequest | Remove-IotDeviceData makes a further plan."
        );

    /// <summary>The request has no plan to continue.</summary>
    public static FaultDefinition RequestHasNoPlan { get; } =
        new(
            "RequestHasNoPlan",
            FaultCategory.InvalidOperation,
            "The request '{0}' has no plan yet.",
            "Run Get-IotDataRequest | Remove-IotDeviceData, which plans, asks and erases. If the request was answered without an erasure, "
                + "register a new one."
        );

    /// <summary>The time limit was already extended.</summary>
    public static FaultDefinition RequestExtended { get; } =
        new(
            "RequestExtended",
            FaultCategory.InvalidOperation,
            "The time limit of the request '{0}' was already extended; three months in total is the maximum.",
            "Answer the request by the due date that Get-IotDataRequest shows."
        );

    /// <summary>The key of the request was destroyed.</summary>
    public static FaultDefinition RequestAnonymised { get; } =
        new(
            "RequestAnonymised",
            FaultCategory.InvalidOperation,
            "The key of the request '{0}' was destroyed; its devices can no longer be identified.",
            "Its journal and certificates can still be checked. Further work on the devices needs a new request."
        );

    /// <summary>The request was answered without an erasure.</summary>
    public static FaultDefinition RequestAnswered { get; } =
        new(
            "RequestAnswered",
            FaultCategory.InvalidOperation,
            "The request '{0}' was answered on {1} without an erasure and is closed.",
            "If the person asks for an erasure after all, run Remove-IotDeviceData for the devices without -RequestId, which registers a "
                + "new request."
        );

    /// <summary>Destroying the key of an open request requires a reason.</summary>
    public static FaultDefinition RequestNotClosed { get; } =
        new(
            "RequestNotClosed",
            FaultCategory.InvalidOperation,
            "The key of the request '{0}' was not destroyed: the request is {1}, and without the key nobody can finish it.",
            "Complete the request as its NextAction says. To destroy the key anyway, give the reason with -Reason; it is recorded, and "
                + "the request stays due until its answer is noted."
        );

    /// <summary>The evidence of a request would exceed a size limit.</summary>
    public static FaultDefinition RequestTooLarge { get; } =
        new(
            "RequestTooLarge",
            FaultCategory.LimitsExceeded,
            "Cannot write the evidence of {0}: {1}. Nothing was changed.",
            "Split it into several requests of at most {2} devices each, for example with -Query or by dividing the list."
        );

    /// <summary>The named location is not one of the request's hub.</summary>
    public static FaultDefinition LocationNotInRequest { get; } =
        new(
            "LocationNotInRequest",
            FaultCategory.ObjectNotFound,
            "The hub of the request has no location '{0}'.",
            "Take the ID from (Get-IotDataLocation).Id or from the Locations of Get-IotDataRequest."
        );

    /// <summary>An owner's action was noted for a location that does not need one.</summary>
    public static FaultDefinition OwnerNotAsked { get; } =
        new(
            "OwnerNotAsked",
            FaultCategory.InvalidOperation,
            "The location '{0}' is not waiting for its owner: its verdict is {1}.",
            "When the owner has erased there, run Test-IotDeviceDataErasure, which reads it again. What is Present needs a further plan: "
                + "Get-IotDataRequest | Remove-IotDeviceData, with -IncludeOldVersions for old versions."
        );

    /// <summary>The review date of a hold is in the past.</summary>
    public static FaultDefinition ReviewInPast { get; } =
        new(
            "ReviewInPast",
            FaultCategory.InvalidArgument,
            "The hold was not set: its review date {0} is in the past.",
            "Pass the date on which the hold must be reviewed with -ReviewAt, such as 2031-12-31."
        );

    /// <summary>Workers cannot reach the request store.</summary>
    public static FaultDefinition StoreNotDistributable { get; } =
        new(
            "StoreNotDistributable",
            FaultCategory.InvalidArgument,
            "Workers cannot share the request store {0}.",
            "Connect with -RequestStore and the https URI of a blob container, such as "
                + "https://account.blob.core.windows.net/requests: workers use the queues and tables of the same account."
        );

    /// <summary>Units of a location were done by no worker.</summary>
    public static FaultDefinition UnitsNotDone { get; } =
        new(
            "UnitsNotDone",
            FaultCategory.ResourceUnavailable,
            "Workers did not finish {0}: {1} left.",
            "See in the log of the workers why they ended, start some with Start-IotDsrWorker, and run the command again; without "
                + "-Distributed it does all itself."
        );

    /// <summary>A unit was lost with too many workers.</summary>
    public static FaultDefinition UnitGivenUp { get; } =
        new(
            "UnitGivenUp",
            FaultCategory.ResourceUnavailable,
            "A part of {0} was not read: {1} were lost while they read it.",
            "Give the workers more memory, or read the location with -ThrottleLimit 1 and without -Distributed to see which blob ends the "
                + "process; a location file can exclude it with a ground."
        );

    /// <summary>The journal names a segment of a worker that is not there.</summary>
    public static FaultDefinition SegmentMissing { get; } =
        new(
            "SegmentMissing",
            FaultCategory.InvalidData,
            "A part of the journal of '{0}' is missing or was changed: the segment {1}.",
            "No certificate is issued. Restore the segment from a copy or a soft-deleted version of the request store; then run "
                + "Resume-IotDataRequest."
        );

    /// <summary>The hold to release does not exist.</summary>
    public static FaultDefinition HoldNotFound { get; } =
        new(
            "HoldNotFound",
            FaultCategory.ObjectNotFound,
            "There is no such hold on '{0}'.",
            "Look at Holds of Get-IotDataRequest, and name the location, device and item exactly as they are shown there."
        );

    /// <summary>A hold names something that is not in the plan.</summary>
    public static FaultDefinition HoldUnmatched { get; } =
        new(
            "HoldUnmatched",
            FaultCategory.InvalidOperation,
            "The request '{0}' has a hold on something that is not in the plan: {1}. Nothing was changed; otherwise the data to be held "
                + "would have been erased.",
            "Take the ID of the location from (Get-IotDataLocation).Id and the path of the item from Items of Get-IotDeviceDataFootprint. "
                + "Release the hold with Set-IotDataRequest -Release and, if its data still exists, set it again with the right names."
        );
}
