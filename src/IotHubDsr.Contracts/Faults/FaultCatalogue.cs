namespace IotHubDsr;

/// <summary>Every failure that the module reports, with its ID, category, message and recommended action. IDs never change.</summary>
public static class FaultCatalogue
{
    /// <summary>No connection is known.</summary>
    public static FaultDefinition NotConnected { get; } =
        new(
            "NotConnected",
            FaultCategory.InvalidOperation,
            "There is no connection to a hub{1}.",
            "Run Connect-IotHubDsr first, or pass the context that it returned with -Context."
        );

    /// <summary>The hub's name resolves to nothing, or the service says there is no such hub.</summary>
    public static FaultDefinition HubNotFound { get; } =
        new(
            "HubNotFound",
            FaultCategory.ObjectNotFound,
            "The IoT hub '{0}' was not found{1}.",
            "Check the name, the subscription and the cloud; the account needs Reader on the hub to find it by name. Nothing can be said "
                + "about any device of this hub."
        );

    /// <summary>Several hubs match.</summary>
    public static FaultDefinition HubAmbiguous { get; } =
        new(
            "HubAmbiguous",
            FaultCategory.InvalidArgument,
            "More than one IoT hub is named '{0}': {1}.",
            "Name the hub with -ResourceId, or narrow the search with -SubscriptionId and -ResourceGroupName."
        );

    /// <summary>The hub is suspended or over its quota.</summary>
    public static FaultDefinition HubUnavailable { get; } =
        new(
            "HubUnavailable",
            FaultCategory.ResourceUnavailable,
            "The IoT hub '{0}' does not serve requests: {1}.",
            "Look at the state of the hub in the Azure portal and run the command again when it is active."
        );

    /// <summary>The credential gave no token.</summary>
    public static FaultDefinition CredentialUnavailable { get; } =
        new(
            "CredentialUnavailable",
            FaultCategory.AuthenticationError,
            "No token could be obtained for {0}: {1}",
            "Sign in (Connect-AzAccount, az login) or choose another -CredentialSource; check -TenantId."
        );

    /// <summary>The service refuses the key or token.</summary>
    public static FaultDefinition AuthenticationFailed { get; } =
        new(
            "AuthenticationFailed",
            FaultCategory.AuthenticationError,
            "{0} refused the credentials: {1}",
            "Check that the key is current, that the token has not expired and that the clock of this machine is right; then connect again."
        );

    /// <summary>The account lacks a right.</summary>
    public static FaultDefinition PermissionMissing { get; } =
        new(
            "PermissionMissing",
            FaultCategory.PermissionDenied,
            "The account may not {1} {0}.",
            "Assign {2} to the account on {3} and run the command again; an assignment can take minutes to work."
        );

    /// <summary>A connection string cannot be read.</summary>
    public static FaultDefinition InvalidConnectionString { get; } =
        new(
            "InvalidConnectionString",
            FaultCategory.InvalidArgument,
            "The connection string is not that of an IoT hub: {1}.",
            "Copy the connection string of a shared access policy of the hub; it has the parts HostName, SharedAccessKeyName and "
                + "SharedAccessKey."
        );

    /// <summary>A resource ID is not that of a hub.</summary>
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
            "The location file '{0}' cannot be used: {1}",
            "Correct the file; about_IotHubDsr shows its form."
        );

    /// <summary>An address for which a storage token would be used is not of the cloud.</summary>
    public static FaultDefinition StorageHostNotTrusted { get; } =
        new(
            "StorageHostNotTrusted",
            FaultCategory.InvalidArgument,
            "The token of the account is not sent to '{0}': it is not a storage host of {1}.",
            "Check the address. If the host is yours, a domain of your own or a private cloud, name it with -TrustedStorageHost of "
                + "Connect-IotHubDsr."
        );

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

    /// <summary>More is there than was accepted.</summary>
    public static FaultDefinition PlanExceeded { get; } =
        new(
            "PlanExceeded",
            FaultCategory.InvalidOperation,
            "{0} holds data of the device that the plan does not show ({1}); it was not touched.",
            "Accept a further plan for the request: Get-IotDataRequest | Remove-IotDeviceData plans again and asks."
        );

    /// <summary>A location could not be read before it was to be erased from.</summary>
    public static FaultDefinition LocationUnreadable { get; } =
        new(
            "LocationUnreadable",
            FaultCategory.ResourceUnavailable,
            "{0} could not be read, and nothing was changed there: {1}",
            "Mend what keeps it from being read, then run Resume-IotDataRequest."
        );

    /// <summary>Something changed while it was being erased, again and again.</summary>
    public static FaultDefinition ConcurrentChange { get; } =
        new(
            "ConcurrentChange",
            FaultCategory.ResourceBusy,
            "{0} was changed by somebody else during each of {1} attempts to change it; it was left as it is.",
            "Run the command again when the other writer is done."
        );

    /// <summary>The service asks to slow down, beyond all retries.</summary>
    public static FaultDefinition Throttled { get; } =
        new(
            "Throttled",
            FaultCategory.LimitsExceeded,
            "{0} kept asking to slow down: {1}",
            "Run the command again later, or connect with a smaller -ThrottleShare."
        );

    /// <summary>The service fails, beyond all retries.</summary>
    public static FaultDefinition ServiceFailed { get; } =
        new(
            "ServiceFailed",
            FaultCategory.ResourceUnavailable,
            "{0} failed: {1}",
            "Run the command again; if it keeps failing, look at the health of the service."
        );

    /// <summary>The network fails, beyond all retries.</summary>
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
            "Find out where its data went; if it was deleted, take the endpoint out of the hub's configuration. A location that came "
                + "from a location file is known only to a connection with that file."
        );

    /// <summary>A blob cannot be read as an archive.</summary>
    public static FaultDefinition ArchiveUnreadable { get; } =
        new(
            "ArchiveUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} cannot be read as an archive of messages: {1}",
            "Look at the blob; repair it, or exclude it with a ground in the location file if it holds no messages. Before it is "
                + "deleted, see whose messages it may hold. It was left untouched, and no device is reported absent from its location."
        );

    /// <summary>Records of a blob do not tell their sender.</summary>
    public static FaultDefinition RecordsUnreadable { get; } =
        new(
            "RecordsUnreadable",
            FaultCategory.InvalidData,
            "The blob {0} holds {1} from which no sender can be read, the first at byte {2}.",
            "Look at the blob; move records that no IoT hub wrote elsewhere. These records were kept, and no device is reported absent "
                + "from their location."
        );

    /// <summary>A blob is in the archive tier.</summary>
    public static FaultDefinition BlobArchived { get; } =
        new(
            "BlobArchived",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is in the archive tier and cannot be read.",
            "Rehydrate the blob (Set-AzStorageBlobTier or the portal) and run the command again."
        );

    /// <summary>A blob is on its way out of the archive tier.</summary>
    public static FaultDefinition BlobRehydrating { get; } =
        new(
            "BlobRehydrating",
            FaultCategory.ResourceUnavailable,
            "The blob {0} is being rehydrated from the archive tier and cannot be read yet.",
            "Wait until the blob no longer has an archive status (rehydrate-pending-to-hot, -cool or -cold), which takes up to 15 hours, "
                + "then run the command again."
        );

    /// <summary>A container does not hold still while it is read.</summary>
    public static FaultDefinition ContainerChanging { get; } =
        new(
            "ContainerChanging",
            FaultCategory.ResourceBusy,
            "{0} kept changing while it was read: in each of {1} listings blobs had gone and others had come.",
            "Wait until whatever moves the blobs is done, then run the command again. No device is reported absent from this location "
                + "until then."
        );

    /// <summary>A blob may not be changed.</summary>
    public static FaultDefinition BlobHeld { get; } =
        new(
            "BlobHeld",
            FaultCategory.PermissionDenied,
            "The blob {0} is immutable: {1}",
            "Find out who set the policy or the legal hold and until when it stands; it can be a reason to refuse the erasure."
        );

    /// <summary>A blob is leased by somebody.</summary>
    public static FaultDefinition BlobLeased { get; } =
        new(
            "BlobLeased",
            FaultCategory.ResourceBusy,
            "The blob {0} is leased by somebody else.",
            "Find out who holds the lease and have it released; leases are not broken by this module."
        );

    /// <summary>A blob has a name with which no request can reach it.</summary>
    public static FaultDefinition BlobNameUnsafe { get; } =
        new(
            "BlobNameUnsafe",
            FaultCategory.InvalidData,
            "The blob {0} was left alone: its name has '.' or '..' as a segment, so that a request for it would reach another blob.",
            "Look at the blob with a tool that shows the container as a list; its owner copies or deletes it by hand."
        );

    /// <summary>A blob is of a type that is not rewritten.</summary>
    public static FaultDefinition BlobTypeUnsupported { get; } =
        new(
            "BlobTypeUnsupported",
            FaultCategory.InvalidOperation,
            "The blob {0} is of the type {1}; only block blobs are rewritten.",
            "IoT Hub writes block blobs; find out what wrote this one and erase from it by its own means."
        );

    /// <summary>An old copy of a blob holds what its current form does not.</summary>
    public static FaultDefinition OldCopyDiffers { get; } =
        new(
            "OldCopyDiffers",
            FaultCategory.InvalidOperation,
            "{1}, and holds records of other devices that the current blob does not hold.",
            "Decide whether those records are still needed; delete the version or snapshot by hand if they are not. "
                + "Get-IotDeviceDataFootprint lists all of them in Items."
        );

    /// <summary>A check before or after a rewrite failed.</summary>
    public static FaultDefinition RewriteMismatch { get; } =
        new(
            "RewriteMismatch",
            FaultCategory.InvalidData,
            "The rewritten form of {0} does not hold exactly the records that must stay: {1}",
            "Nothing is certified for this blob. Compare it with its previous version or a backup, and report the case with the tool's "
                + "version."
        );

    /// <summary>A plan file is not what was saved.</summary>
    public static FaultDefinition InvalidPlan { get; } =
        new(
            "InvalidPlan",
            FaultCategory.InvalidData,
            "'{0}' is not an erasure plan as it was saved: {1}",
            "Make a new plan with New-IotErasurePlan and have it approved; a plan that was edited is never run."
        );

    /// <summary>A plan was made for another hub.</summary>
    public static FaultDefinition PlanForOtherHub { get; } =
        new(
            "PlanForOtherHub",
            FaultCategory.InvalidOperation,
            "The plan was made for the hub '{0}', and the connection is to '{1}'.",
            "Connect to the hub that the plan was made for, or make a new plan."
        );

    /// <summary>The world moved since the plan was made.</summary>
    public static FaultDefinition PlanChanged { get; } =
        new(
            "PlanChanged",
            FaultCategory.InvalidOperation,
            "What the plan expects is not what is there now; nothing was changed. {1}",
            "Look at the differences. Make a new plan and have it approved, or allow for small differences in counts with -Tolerance."
        );

    /// <summary>The file to save a plan to is taken or cannot be written.</summary>
    public static FaultDefinition PlanNotSaved { get; } =
        new(
            "PlanNotSaved",
            FaultCategory.WriteError,
            "The plan could not be saved to '{0}': {1}",
            "Pass a -Path that does not exist, in a folder that can be written to."
        );

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

    /// <summary>A journal is not what was written.</summary>
    public static FaultDefinition JournalBroken { get; } =
        new(
            "JournalBroken",
            FaultCategory.InvalidData,
            "The journal of {0} cannot be relied on from line {1} on: {2}.",
            "Nothing is done on the strength of it. Compare it with a copy; find out who can write to the store."
        );

    /// <summary>What is left of a request has no journal.</summary>
    public static FaultDefinition JournalMissing { get; } =
        new(
            "JournalMissing",
            FaultCategory.InvalidData,
            "The request '{0}' in {1} has no journal: it was deleted or emptied, while other files of the request are still there.",
            "Nothing can be done with the request without it. Put the journal back from a copy; find out who can write to the store, and "
                + "register a new request for the devices if there is no copy."
        );

    /// <summary>A journal is older than a certificate that was issued over it.</summary>
    public static FaultDefinition JournalRolledBack { get; } =
        new(
            "JournalRolledBack",
            FaultCategory.InvalidData,
            "The journal of {0}, which ends at line {1}, and the certificate {2} do not fit: the journal was cut or replaced by an older "
                + "one, or the certificate was changed.",
            "Nothing was done, and neither was changed. Put the journal back from a copy that has the line that the certificate names; "
                + "find out who can write to the store."
        );

    /// <summary>Something cannot be put on record.</summary>
    public static FaultDefinition EvidenceFailed { get; } =
        new(
            "EvidenceFailed",
            FaultCategory.WriteError,
            "The evidence of the request '{0}' cannot be written: {1}",
            "Nothing more was destroyed. Check the rights and the space of the request store, then go on with Resume-IotDataRequest."
        );

    /// <summary>The request store cannot be read.</summary>
    public static FaultDefinition RequestStoreUnreadable { get; } =
        new(
            "RequestStoreUnreadable",
            FaultCategory.ResourceUnavailable,
            "The request store {0} cannot be read: {1}",
            "Check that it exists and that the account may read and write it (Storage Blob Data Contributor for a blob container)."
        );

    /// <summary>The request store cannot be written to.</summary>
    public static FaultDefinition RequestStoreNotWritable { get; } =
        new(
            "RequestStoreNotWritable",
            FaultCategory.WriteError,
            "The request store {0} cannot be written to, and nothing is erased that cannot be put on record: {1}",
            "Check the rights of the account (Storage Blob Data Contributor for a blob container) and the free space, or name another "
                + "store with -RequestStore."
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

    /// <summary>A plan that has to be in a file is not.</summary>
    public static FaultDefinition PlanNotInFile { get; } =
        new(
            "PlanNotInFile",
            FaultCategory.InvalidArgument,
            "The plan '{0}' is not in a file, and only a file is approved.",
            "Save the plan with New-IotErasurePlan -Path and have the file approved with Approve-IotErasurePlan."
        );

    /// <summary>A plan that has to be approved is not.</summary>
    public static FaultDefinition ApprovalMissing { get; } =
        new(
            "ApprovalMissing",
            FaultCategory.PermissionDenied,
            "Nobody has approved the plan '{0}': {1}",
            "Have somebody else read the plan and sign it with Approve-IotErasurePlan; name the signature with -SignaturePath when it is "
                + "not beside the plan."
        );

    /// <summary>Nobody is named who may approve.</summary>
    public static FaultDefinition ApproversNotNamed { get; } =
        new(
            "ApproversNotNamed",
            FaultCategory.InvalidArgument,
            "Nobody is named who may approve the plan '{0}'. A certificate is not an approver's because this machine trusts its authority.",
            "Pass the certificates of those who may approve, or of the root authority that issues them and nobody else, with "
                + "-ApproverCertificate."
        );

    /// <summary>The signature of a plan does not count.</summary>
    public static FaultDefinition ApprovalInvalid { get; } =
        new(
            "ApprovalInvalid",
            FaultCategory.PermissionDenied,
            "The approval of the plan '{0}' does not count: {1}",
            "Nothing was done. Find out whether the plan or its signature was changed; pass the certificates of those who may approve "
                + "with -ApproverCertificate."
        );

    /// <summary>Who runs a plan has approved it.</summary>
    public static FaultDefinition ApprovalBySelf { get; } =
        new(
            "ApprovalBySelf",
            FaultCategory.PermissionDenied,
            "The plan '{0}' was approved by the person running it: {1}.",
            "Have somebody else approve the plan, or run it."
        );

    /// <summary>A certificate cannot be used for what it was passed for.</summary>
    public static FaultDefinition CertificateUnusable { get; } =
        new(
            "CertificateUnusable",
            FaultCategory.InvalidArgument,
            "The certificate '{0}' cannot be used: {1}.",
            "Pass a .pfx or .pem file (with -CertificatePassword if it has one), a thumbprint or a path such as "
                + "Cert:\\CurrentUser\\My\\<thumbprint>. To sign it takes the private key, RSA of 2048 bits or more or P-256, P-384 or "
                + "P-521, and a certificate that is valid now."
        );

    /// <summary>A path is of another provider of PowerShell than the file system.</summary>
    public static FaultDefinition PathNotOfFile { get; } =
        new(
            "PathNotOfFile",
            FaultCategory.InvalidArgument,
            "'{0}' is no path of the file system: here it stands for {1}.",
            "Pass a path of a file or folder in full, or change the location to the file system (Set-Location) first."
        );

    /// <summary>A file cannot be read.</summary>
    public static FaultDefinition FileNotRead { get; } =
        new(
            "FileNotRead",
            FaultCategory.ObjectNotFound,
            "The file '{0}' cannot be read: {1}",
            "Check the path, and the rights of the account."
        );

    /// <summary>A file that is checked on this machine is in a blob container.</summary>
    public static FaultDefinition FileInContainer { get; } =
        new(
            "FileInContainer",
            FaultCategory.InvalidArgument,
            "The file '{0}' is in a blob container, and this command reads files of this machine only: it needs no connection, so that "
                + "anybody can run it.",
            "Download it first, with Get-AzStorageBlobContent or 'az storage blob download' (Storage Blob Data Reader on the container), "
                + "and pass the path of the copy."
        );

    /// <summary>A file cannot be written.</summary>
    public static FaultDefinition FileNotWritten { get; } =
        new(
            "FileNotWritten",
            FaultCategory.WriteError,
            "The file '{0}' could not be written: {1}",
            "Pass a path that does not exist, in a folder that can be written to."
        );

    /// <summary>The package path is taken.</summary>
    public static FaultDefinition ExportPathExists { get; } =
        new(
            "ExportPathExists",
            FaultCategory.ResourceExists,
            "'{0}' exists already.",
            "Pass a -Path that does not exist; a package is never mixed with other files."
        );

    /// <summary>The package cannot be written.</summary>
    public static FaultDefinition ExportFailed { get; } =
        new(
            "ExportFailed",
            FaultCategory.WriteError,
            "The package '{0}' could not be written: {1}",
            "Check the path, the rights and the free space. Nothing was left behind under that name."
        );

    /// <summary>A package cannot be encrypted to a certificate.</summary>
    public static FaultDefinition RecipientCertificateRefused { get; } =
        new(
            "RecipientCertificateRefused",
            FaultCategory.InvalidArgument,
            "Nothing is encrypted to the certificate {0}: {1}.",
            "Ask the recipient for a certificate that is valid now and may be used for encryption: RSA of 2048 bits or more, or P-256, "
                + "P-384, P-521."
        );

    /// <summary>The sandbox cannot be started for want of a runtime.</summary>
    public static FaultDefinition SandboxRuntimeMissing { get; } =
        new(
            "SandboxRuntimeMissing",
            FaultCategory.NotInstalled,
            "The sandbox needs the ASP.NET Core runtime 10.0 or later: {1}.",
            "Install the ASP.NET Core runtime (or the .NET SDK) 10.0 and see that 'dotnet --list-runtimes' shows "
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

    /// <summary>A job would have to ask.</summary>
    public static FaultDefinition JobCannotAsk { get; } =
        new(
            "JobCannotAsk",
            FaultCategory.InvalidOperation,
            "{0} asks before it erases, and a job has nobody to ask. Nothing was started.",
            "Look at what would be done with -WhatIf, then run the job with -Force; or run the command without -AsJob."
        );

    /// <summary>A failure that nobody foresaw.</summary>
    public static FaultDefinition Unforeseen { get; } =
        new(
            "Unforeseen",
            FaultCategory.InvalidOperation,
            "{0}: an unforeseen failure ({1}).",
            "Run the command again with -Verbose after $DebugPreference = 'Continue', and report what it prints; nothing is certified "
                + "for this location."
        );
}
