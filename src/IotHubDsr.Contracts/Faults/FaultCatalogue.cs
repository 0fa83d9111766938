namespace IotHubDsr;

/// <summary>Every failure that the module reports, with its ID, category, message and recommended action. IDs never change.</summary>
public static class FaultCatalogue
{
    /// <summary>No hub is connected.</summary>
    public static FaultDefinition NotConnected { get; } =
        new(
            "NotConnected",
            FaultCategory.InvalidOperation,
            "Not connected to an IoT hub{1}.",
            "Run Connect-IotHubDsr first, or pass the context that it returned with -Context."
        );

    /// <summary>The hub's name does not resolve, or the service reports no such hub.</summary>
    public static FaultDefinition HubNotFound { get; } =
        new(
            "HubNotFound",
            FaultCategory.ObjectNotFound,
            "The IoT hub '{0}' was not found{1}.",
            "Check the name, the subscription and the cloud; finding a hub by name requires Reader on the hub. Nothing can be concluded "
                + "about any device of this hub."
        );

    /// <summary>Several hubs match.</summary>
    public static FaultDefinition HubAmbiguous { get; } =
        new(
            "HubAmbiguous",
            FaultCategory.InvalidArgument,
            "Several IoT hubs are named '{0}': {1}.",
            "Specify the hub with -ResourceId, or narrow the search with -SubscriptionId and -ResourceGroupName."
        );

    /// <summary>The hub is suspended or over its quota.</summary>
    public static FaultDefinition HubUnavailable { get; } =
        new(
            "HubUnavailable",
            FaultCategory.ResourceUnavailable,
            "The IoT hub '{0}' is not serving requests: {1}.",
            "Check the state of the hub in the Azure portal and run the command again once it is active."
        );

    /// <summary>No token could be acquired.</summary>
    public static FaultDefinition CredentialUnavailable { get; } =
        new(
            "CredentialUnavailable",
            FaultCategory.AuthenticationError,
            "Could not acquire a token for {0}: {1}",
            "Sign in (Connect-AzAccount, az login) or choose another -CredentialSource; check -TenantId."
        );

    /// <summary>The service rejected the key or token.</summary>
    public static FaultDefinition AuthenticationFailed { get; } =
        new(
            "AuthenticationFailed",
            FaultCategory.AuthenticationError,
            "{0} rejected the credentials: {1}",
            "Check that the key is current, that the token has not expired and that this machine's clock is correct; then connect again."
        );

    /// <summary>The account lacks a permission.</summary>
    public static FaultDefinition PermissionMissing { get; } =
        new(
            "PermissionMissing",
            FaultCategory.PermissionDenied,
            "The account is not allowed to {1} {0}.",
            "Assign {2} to the account on {3} and run the command again; a role assignment can take several minutes to take effect."
        );

    /// <summary>A connection string cannot be parsed.</summary>
    public static FaultDefinition InvalidConnectionString { get; } =
        new(
            "InvalidConnectionString",
            FaultCategory.InvalidArgument,
            "Invalid IoT hub connection string: {1}.",
            "Copy the connection string of one of the hub's shared access policies; it has the parts HostName, SharedAccessKeyName and "
                + "SharedAccessKey."
        );

    /// <summary>A resource ID is not an IoT hub's.</summary>
    public static FaultDefinition InvalidResourceId { get; } =
        new(
            "InvalidResourceId",
            FaultCategory.InvalidArgument,
            "'{0}' is not the resource ID of an IoT hub.",
            "Pass an ID of the form /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Devices/IotHubs/<name>, or pipe the "
                + "object that Get-AzIotHub returns."
        );

    /// <summary>A location file cannot be used.</summary>
    public static FaultDefinition InvalidLocationFile { get; } =
        new(
            "InvalidLocationFile",
            FaultCategory.InvalidData,
            "Cannot use the location file '{0}': {1}",
            "Correct the file; about_IotHubDsr describes its format."
        );

    /// <summary>The host that would receive a storage token is outside the cloud.</summary>
    public static FaultDefinition StorageHostNotTrusted { get; } =
        new(
            "StorageHostNotTrusted",
            FaultCategory.InvalidArgument,
            "The account's token was not sent to '{0}': it is not a storage host of {1}.",
            "Check the address. If the host is yours (a custom domain or a private cloud), name it with -TrustedStorageHost of "
                + "Connect-IotHubDsr."
        );

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

    /// <summary>A location holds more than was approved.</summary>
    public static FaultDefinition PlanExceeded { get; } =
        new(
            "PlanExceeded",
            FaultCategory.InvalidOperation,
            "{0} holds data about the device that the plan does not show ({1}); it was not touched.",
            "Accept a further plan for the request: Get-IotDataRequest | Remove-IotDeviceData plans again and asks for confirmation."
        );

    /// <summary>A location could not be read before the erasure.</summary>
    public static FaultDefinition LocationUnreadable { get; } =
        new(
            "LocationUnreadable",
            FaultCategory.ResourceUnavailable,
            "{0} could not be read, so nothing was changed there: {1}",
            "Fix what prevents reading it, then run Resume-IotDataRequest."
        );

    /// <summary>Another writer kept changing something while it was being erased.</summary>
    public static FaultDefinition ConcurrentChange { get; } =
        new(
            "ConcurrentChange",
            FaultCategory.ResourceBusy,
            "{0} was changed by another writer during each of {1} attempts to change it; it was left as it is.",
            "Run the command again when the other writer has finished."
        );

    /// <summary>The service still throttles after all retries.</summary>
    public static FaultDefinition Throttled { get; } =
        new(
            "Throttled",
            FaultCategory.LimitsExceeded,
            "{0} kept throttling requests: {1}",
            "Run the command again later, or connect with a smaller -ThrottleShare."
        );

    /// <summary>The service still fails after all retries.</summary>
    public static FaultDefinition ServiceFailed { get; } =
        new(
            "ServiceFailed",
            FaultCategory.ResourceUnavailable,
            "{0} failed: {1}",
            "Run the command again; if it keeps failing, check the health of the service."
        );

    /// <summary>The network still fails after all retries.</summary>
    public static FaultDefinition ConnectionFailed { get; } =
        new(
            "ConnectionFailed",
            FaultCategory.ConnectionError,
            "The connection to {0} failed: {1}",
            "Check the network, private endpoints and firewall rules between this machine and the service, then run the command again."
        );

    /// <summary>A configured location does not exist.</summary>
    public static FaultDefinition LocationMissing { get; } =
        new(
            "LocationMissing",
            FaultCategory.ObjectNotFound,
            "{0} does not exist: {1}",
            "Find out where its data went; if it was deleted, remove the endpoint from the hub's configuration. A location that comes "
                + "from a location file is known only to connections that use that file."
        );

    /// <summary>A blob cannot be parsed as a message archive.</summary>
    public static FaultDefinition ArchiveUnreadable { get; } =
        new(
            "ArchiveUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} cannot be read as an archive of messages: {1}",
            "Inspect the blob; repair it, or exclude it with a ground in the location file if it holds no messages. Before deleting it, "
                + "find out whose messages it may hold. It was left untouched, and no device is reported absent from its location."
        );

    /// <summary>The sender of some records of a blob cannot be determined.</summary>
    public static FaultDefinition RecordsUnreadable { get; } =
        new(
            "RecordsUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} holds {1} whose sender cannot be determined, the first at byte {2}.",
            "Inspect the blob; move records that no IoT hub wrote elsewhere. These records were kept, and no device is reported absent "
                + "from their location."
        );

    /// <summary>A blob is in the archive tier.</summary>
    public static FaultDefinition BlobArchived { get; } =
        new(
            "BlobArchived",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is in the archive tier and cannot be read.",
            "Rehydrate the blob (Set-AzStorageBlobTier or the Azure portal) and run the command again."
        );

    /// <summary>A blob is being rehydrated from the archive tier.</summary>
    public static FaultDefinition BlobRehydrating { get; } =
        new(
            "BlobRehydrating",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is being rehydrated from the archive tier and cannot be read yet.",
            "Wait until the blob has no archive status (rehydrate-pending-to-hot, -cool or -cold) any more, which takes up to 15 hours, "
                + "then run the command again."
        );

    /// <summary>A container kept changing while it was read.</summary>
    public static FaultDefinition ContainerChanging { get; } =
        new(
            "ContainerChanging",
            FaultCategory.ResourceBusy,
            "{0} kept changing while it was read: in each of {1} listings, some blobs had disappeared and others had appeared.",
            "Wait until the process that moves the blobs has finished, then run the command again. Until then, no device is reported "
                + "absent from this location."
        );

    /// <summary>A blob is immutable.</summary>
    public static FaultDefinition BlobHeld { get; } =
        new(
            "BlobHeld",
            FaultCategory.PermissionDenied,
            "The blob {0} is immutable: {1}",
            "Find out who set the immutability policy or legal hold and until when it applies; it can be a ground to refuse the erasure."
        );

    /// <summary>Another client holds a lease on a blob.</summary>
    public static FaultDefinition BlobLeased { get; } =
        new(
            "BlobLeased",
            FaultCategory.ResourceBusy,
            "Another client holds a lease on the blob {0}.",
            "Find out who holds the lease and have it released; this module does not break leases."
        );

    /// <summary>A blob has a name that no request can address.</summary>
    public static FaultDefinition BlobNameUnsafe { get; } =
        new(
            "BlobNameUnsafe",
            FaultCategory.InvalidData,
            "The blob {0} was left alone: its name has '.' or '..' as a segment, so a request for it would reach another blob.",
            "Inspect the blob with a tool that lists the container; its owner must copy or delete it by hand."
        );

    /// <summary>A blob's type cannot be rewritten.</summary>
    public static FaultDefinition BlobTypeUnsupported { get; } =
        new(
            "BlobTypeUnsupported",
            FaultCategory.InvalidOperation,
            "The blob {0} is of type {1}, which is not rewritten.",
            "IoT Hub writes block blobs; find out what wrote this one and erase from it with the tools of its writer."
        );

    /// <summary>An old copy of a blob holds records that its current form does not.</summary>
    public static FaultDefinition OldCopyDiffers { get; } =
        new(
            "OldCopyDiffers",
            FaultCategory.InvalidOperation,
            "{1}: it holds records of other devices that the current blob does not hold.",
            "Decide whether those records are still needed; if they are not, delete the version or snapshot by hand. "
                + "Get-IotDeviceDataFootprint lists all of them in Items."
        );

    /// <summary>A check before or after a rewrite failed.</summary>
    public static FaultDefinition RewriteMismatch { get; } =
        new(
            "RewriteMismatch",
            FaultCategory.InvalidData,
            "The rewritten form of {0} does not hold exactly the records that must stay: {1}",
            "Nothing is certified for this blob. Compare it with its previous version or a backup, and report the problem with the "
                + "module's version."
        );

    /// <summary>A plan file was altered, or is not a plan.</summary>
    public static FaultDefinition InvalidPlan { get; } =
        new(
            "InvalidPlan",
            FaultCategory.InvalidData,
            "'{0}' is not an unaltered erasure plan: {1}",
            "Make a new plan with New-IotErasurePlan and have it approved; an edited plan is never run."
        );

    /// <summary>A plan was made for another hub.</summary>
    public static FaultDefinition PlanForOtherHub { get; } =
        new(
            "PlanForOtherHub",
            FaultCategory.InvalidOperation,
            "The plan was made for the hub '{0}', but the connection is to '{1}'.",
            "Connect to the hub that the plan was made for, or make a new plan."
        );

    /// <summary>The data changed after the plan was made.</summary>
    public static FaultDefinition PlanChanged { get; } =
        new(
            "PlanChanged",
            FaultCategory.InvalidOperation,
            "The data no longer matches the plan; nothing was changed. {1}",
            "Review the differences. Make a new plan and have it approved, or allow small differences in counts with -Tolerance."
        );

    /// <summary>The file to save a plan to already exists or cannot be written.</summary>
    public static FaultDefinition PlanNotSaved { get; } =
        new(
            "PlanNotSaved",
            FaultCategory.WriteError,
            "Could not save the plan to '{0}': {1}",
            "Pass a -Path that does not exist, in a writable folder."
        );

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
            "The request '{0}' is in use {1}.",
            "Wait until it has finished (-WaitSeconds does that). A killed process releases a folder at once, and a blob container within "
                + "a minute."
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

    /// <summary>A journal was altered.</summary>
    public static FaultDefinition JournalBroken { get; } =
        new(
            "JournalBroken",
            FaultCategory.InvalidData,
            "The journal of {0} cannot be trusted from line {1} on: {2}.",
            "Nothing is done on the basis of this journal. Compare it with a copy; find out who can write to the store."
        );

    /// <summary>A request has files but no journal.</summary>
    public static FaultDefinition JournalMissing { get; } =
        new(
            "JournalMissing",
            FaultCategory.InvalidData,
            "The request '{0}' in {1} has no journal: it was deleted or emptied, while other files of the request still exist.",
            "Nothing can be done with the request without its journal. Restore the journal from a copy and find out who can write to the "
                + "store; if there is no copy, register a new request for the devices."
        );

    /// <summary>A journal is older than a certificate that was issued over it.</summary>
    public static FaultDefinition JournalRolledBack { get; } =
        new(
            "JournalRolledBack",
            FaultCategory.InvalidData,
            "The journal of {0}, which ends at line {1}, does not match the certificate {2}: the journal was truncated or replaced by an "
                + "older one, or the certificate was changed.",
            "Nothing was done, and neither was changed. Restore the journal from a copy that has the line that the certificate names; "
                + "find out who can write to the store."
        );

    /// <summary>Evidence cannot be written.</summary>
    public static FaultDefinition EvidenceFailed { get; } =
        new(
            "EvidenceFailed",
            FaultCategory.WriteError,
            "Cannot write the evidence of the request '{0}': {1}",
            "Nothing more was destroyed. Check the permissions and the free space of the request store, then continue with "
                + "Resume-IotDataRequest."
        );

    /// <summary>The request store cannot be read.</summary>
    public static FaultDefinition RequestStoreUnreadable { get; } =
        new(
            "RequestStoreUnreadable",
            FaultCategory.ResourceUnavailable,
            "Cannot read the request store {0}: {1}",
            "Check that it exists and that the account can read and write it (Storage Blob Data Contributor for a blob container)."
        );

    /// <summary>The request store cannot be written to.</summary>
    public static FaultDefinition RequestStoreNotWritable { get; } =
        new(
            "RequestStoreNotWritable",
            FaultCategory.WriteError,
            "Cannot write to the request store {0}, and nothing is erased that cannot be recorded: {1}",
            "Check the account's permissions (Storage Blob Data Contributor for a blob container) and the free space, or name another "
                + "store with -RequestStore."
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

    /// <summary>A plan that requires approval was not saved to a file.</summary>
    public static FaultDefinition PlanNotInFile { get; } =
        new(
            "PlanNotInFile",
            FaultCategory.InvalidArgument,
            "The plan '{0}' is not in a file, and only plan files can be approved.",
            "Save the plan with New-IotErasurePlan -Path and have the file approved with Approve-IotErasurePlan."
        );

    /// <summary>A plan that requires approval has none.</summary>
    public static FaultDefinition ApprovalMissing { get; } =
        new(
            "ApprovalMissing",
            FaultCategory.PermissionDenied,
            "The plan '{0}' is not approved: {1}",
            "Have another person read the plan and sign it with Approve-IotErasurePlan; if the signature is not beside the plan, give its "
                + "path with -SignaturePath."
        );

    /// <summary>No approvers are named.</summary>
    public static FaultDefinition ApproversNotNamed { get; } =
        new(
            "ApproversNotNamed",
            FaultCategory.InvalidArgument,
            "No approvers are named for the plan '{0}'. A certificate is not an approver's merely because this machine trusts its issuer.",
            "Pass the certificates of those who may approve, or of a root authority that issues to them alone, with -ApproverCertificate."
        );

    /// <summary>The approval of a plan is invalid.</summary>
    public static FaultDefinition ApprovalInvalid { get; } =
        new(
            "ApprovalInvalid",
            FaultCategory.PermissionDenied,
            "The approval of the plan '{0}' is invalid: {1}",
            "Nothing was done. Find out whether the plan or its signature was changed; pass the certificates of those who may approve "
                + "with -ApproverCertificate."
        );

    /// <summary>The person running a plan also approved it.</summary>
    public static FaultDefinition ApprovalBySelf { get; } =
        new(
            "ApprovalBySelf",
            FaultCategory.PermissionDenied,
            "The plan '{0}' was approved by the person running it: {1}.",
            "Have someone else approve the plan, or run it."
        );

    /// <summary>An X.509 certificate is unsuitable for what it was passed for.</summary>
    public static FaultDefinition CertificateUnusable { get; } =
        new(
            "CertificateUnusable",
            FaultCategory.InvalidArgument,
            "Cannot use the certificate '{0}': {1}.",
            "Pass a .pfx or .pem file (with -CertificatePassword if it has one), a thumbprint or a path such as "
                + "Cert:\\CurrentUser\\My\\<thumbprint>. Signing requires a certificate that is valid now, with its private key: RSA of "
                + "at least 2048 bits, P-256, P-384 or P-521."
        );

    /// <summary>A path belongs to another PowerShell provider than the file system.</summary>
    public static FaultDefinition PathNotOfFile { get; } =
        new(
            "PathNotOfFile",
            FaultCategory.InvalidArgument,
            "'{0}' is not a file system path; here it refers to {1}.",
            "Pass the full path of a file or folder, or change the location to the file system (Set-Location) first."
        );

    /// <summary>A file cannot be read.</summary>
    public static FaultDefinition FileNotRead { get; } =
        new(
            "FileNotRead",
            FaultCategory.ObjectNotFound,
            "Cannot read the file '{0}': {1}",
            "Check the path and the account's permissions."
        );

    /// <summary>A file to check is in a blob container, not on this machine.</summary>
    public static FaultDefinition FileInContainer { get; } =
        new(
            "FileInContainer",
            FaultCategory.InvalidArgument,
            "The file '{0}' is in a blob container, but this command reads local files only: it needs no connection, so anyone can run it.",
            "Download it with Get-AzStorageBlobContent or 'az storage blob download' (Storage Blob Data Reader on the container), and "
                + "pass the path of the copy."
        );

    /// <summary>A file cannot be written.</summary>
    public static FaultDefinition FileNotWritten { get; } =
        new(
            "FileNotWritten",
            FaultCategory.WriteError,
            "Could not write the file '{0}': {1}",
            "Pass a path that does not exist, in a writable folder."
        );

    /// <summary>The package path already exists.</summary>
    public static FaultDefinition ExportPathExists { get; } =
        new(
            "ExportPathExists",
            FaultCategory.ResourceExists,
            "'{0}' already exists.",
            "Pass a -Path that does not exist; a package is never mixed with other files."
        );

    /// <summary>A package cannot be written.</summary>
    public static FaultDefinition ExportFailed { get; } =
        new(
            "ExportFailed",
            FaultCategory.WriteError,
            "Could not write the package '{0}': {1}",
            "Check the path, the permissions and the free space. Nothing was left behind under that name."
        );

    /// <summary>A package cannot be encrypted to a certificate.</summary>
    public static FaultDefinition RecipientCertificateRefused { get; } =
        new(
            "RecipientCertificateRefused",
            FaultCategory.InvalidArgument,
            "Cannot encrypt to the certificate {0}: {1}.",
            "Ask the recipient for a certificate that is valid now and allows encryption: RSA of at least 2048 bits, P-256, P-384 or "
                + "P-521."
        );

    /// <summary>The runtime that the sandbox needs is missing.</summary>
    public static FaultDefinition SandboxRuntimeMissing { get; } =
        new(
            "SandboxRuntimeMissing",
            FaultCategory.NotInstalled,
            "The sandbox needs the ASP.NET Core runtime 10.0 or later: {1}.",
            "Install the ASP.NET Core runtime (or the .NET SDK) 10.0 and check that 'dotnet --list-runtimes' shows "
                + "Microsoft.AspNetCore.App 10.0."
        );

    /// <summary>The sandbox did not start.</summary>
    public static FaultDefinition SandboxFailed { get; } =
        new(
            "SandboxFailed",
            FaultCategory.ResourceUnavailable,
            "The sandbox did not start: {1}",
            "Check the port and the installation of the module; run 'dotnet {0}' by hand to see its output."
        );

    /// <summary>The process is not a sandbox of this session.</summary>
    public static FaultDefinition SandboxNotFound { get; } =
        new(
            "SandboxNotFound",
            FaultCategory.ObjectNotFound,
            "No sandbox with process ID {0} was started in this session.",
            "Pass the object that Start-IotHubSandbox returned; a sandbox ends with the session that started it."
        );

    /// <summary>A job cannot ask for confirmation.</summary>
    public static FaultDefinition JobCannotAsk { get; } =
        new(
            "JobCannotAsk",
            FaultCategory.InvalidOperation,
            "{0} asks for confirmation before it erases, which a job cannot do. Nothing was started.",
            "Preview the erasure with -WhatIf, then run the job with -Force; or run the command without -AsJob."
        );

    /// <summary>An unexpected failure.</summary>
    public static FaultDefinition Unforeseen { get; } =
        new(
            "Unforeseen",
            FaultCategory.InvalidOperation,
            "{0}: an unexpected failure ({1}).",
            "Set $DebugPreference = 'Continue', run the command again with -Verbose and report what it prints; nothing is certified for "
                + "this location."
        );
}
