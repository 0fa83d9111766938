using System.Globalization;

namespace IotHubDsr.Core.Topology;

/// <summary>What holds for every device, and who has to do what, in locations that no sink reads.</summary>
internal static class LocationAdvice
{
    private const string Manual = "This version does not read it: ";

    private static readonly Dictionary<string, (Verdict Verdict, string Sentence)> Table = new(StringComparer.Ordinal)
    {
        [LocationKinds.DeviceRegistry] = (Verdict.Unknown, Manual + "look for the device in the hub's device list and delete it there."),
        [LocationKinds.CloudToDeviceQueue] = (
            Verdict.Unknown,
            Manual + "purge the device's queue, or delete the device, which deletes its queue."
        ),
        [LocationKinds.FeedbackQueue] = (
            Verdict.Expiring,
            "The queue is shared by the whole hub and must not be drained for one device. Feedback leaves {retention}, or when the back "
                + "end receives it: ask its owner what it keeps."
        ),
        [LocationKinds.FileNotificationQueue] = (
            Verdict.Expiring,
            "The queue is shared by the whole hub and must not be drained for one device. Notifications leave {retention}, or when the "
                + "back end receives them: ask its owner what it keeps."
        ),
        [LocationKinds.JobHistory] = (
            Verdict.Expiring,
            "The service has no call that deletes a job from the history. A job that names the device in its condition leaves {retention}."
        ),
        [LocationKinds.Configurations] = (
            Verdict.OwnerAction,
            "Their owner looks for the device ID in target conditions, metric queries, labels and content of the hub's configurations "
                + "and deployments, and changes those that name it."
        ),
        [LocationKinds.BuiltInEndpoint] = (
            Verdict.Expiring,
            "Single messages cannot be deleted. They leave by retention {retention}; consumers can hold copies: ask their owners."
        ),
        [LocationKinds.RoutedBlobContainer] = (
            Verdict.OwnerAction,
            Manual
                + "the owner of the container looks for records with the device as connectionDeviceId; each blob also holds records of "
                + "other devices."
        ),
        [LocationKinds.FileUploadContainer] = (
            Verdict.OwnerAction,
            Manual
                + "the owner of the container deletes the blobs below the folder that is named after the device, exactly as its ID is "
                + "written."
        ),
        [LocationKinds.EventHub] = (
            Verdict.OwnerAction,
            "This version does not read Event Hubs, and single messages cannot be deleted there. They leave by retention {retention}; "
                + "consumers and Capture can hold copies: ask their owners."
        ),
        [LocationKinds.ServiceBusQueue] = (
            Verdict.OwnerAction,
            "This version does not read Service Bus. Messages leave when the receiver completes them or their time to live ends; the "
                + "owner of the queue looks in it, in its dead-letter queue and in what the receiver keeps."
        ),
        [LocationKinds.ServiceBusTopic] = (
            Verdict.OwnerAction,
            "This version does not read Service Bus. Each subscription of the topic holds its own copy: its owner looks in it, in its "
                + "dead-letter queue and in what the receiver keeps."
        ),
        [LocationKinds.CosmosContainer] = (
            Verdict.OwnerAction,
            "This version does not read Cosmos DB. The owner of the account deletes the documents whose SystemProperties name the "
                + "device; backups and the analytical store can hold copies."
        ),
        [LocationKinds.FabricEventstream] = (
            Verdict.OwnerAction,
            "This version does not read Microsoft Fabric. The owner of the workspace looks for the device in the destinations of the "
                + "eventstream and deletes its rows."
        ),
        [LocationKinds.StorageQueue] = (
            Verdict.OwnerAction,
            "This version does not read storage queues. Messages leave when the receiver deletes them or their time to live ends; ask "
                + "the receiver's owner what it keeps."
        ),
        [LocationKinds.Webhook] = (
            Verdict.OwnerAction,
            "What a webhook keeps cannot be seen from here: its owner deletes what it holds of the device and confirms it."
        ),
        [LocationKinds.AzureFunction] = (
            Verdict.OwnerAction,
            "What a function keeps cannot be seen from here: its owner looks in its outputs and in its Application Insights logs, and "
                + "confirms it."
        ),
        [LocationKinds.HybridConnection] = (
            Verdict.OwnerAction,
            "The relay keeps nothing, its listener can: the listener's owner deletes what it holds of the device and confirms it."
        ),
        [LocationKinds.EventHandler] = (
            Verdict.OwnerAction,
            "What this handler keeps cannot be seen from here: its owner deletes what it holds of the device and confirms it."
        ),
        [LocationKinds.DeadLetterContainer] = (
            Verdict.OwnerAction,
            Manual + "the owner of the container looks for events of the device in its blobs; one blob can hold events of several devices."
        ),
        [LocationKinds.LogAnalyticsWorkspace] = (
            Verdict.OwnerAction,
            "This version does not read Log Analytics. The owner of the workspace looks for the device ID in AzureDiagnostics and the "
                + "resource-specific tables, and purges the rows; data export rules make further copies."
        ),
        [LocationKinds.LogArchive] = (
            Verdict.OwnerAction,
            Manual
                + "the owner of the storage account looks for the device ID in the hub's PT1H.json blobs; each holds rows of other "
                + "devices as well."
        ),
        [LocationKinds.PartnerSolution] = (
            Verdict.OwnerAction,
            "What the partner keeps cannot be seen from here: the owner of the solution has the partner delete the device's rows."
        ),
        [LocationKinds.ProvisioningService] = (
            Verdict.OwnerAction,
            "This version does not read it: the owner of the service looks for enrollments and registration records of the device. As "
                + "long as one is enabled, an erased device can come back."
        ),
        [LocationKinds.DeviceRegistryNamespace] = (
            Verdict.OwnerAction,
            "This version does not read it: the owner of the namespace looks for the resource that stands for the device, deletes it, "
                + "and thinks of other hubs that share the namespace."
        ),
        [LocationKinds.UnknownSink] = (
            Verdict.OwnerAction,
            "This version does not know what this is: the owner of the hub finds out where it leads and what is kept there, and has the "
                + "device's data deleted."
        ),
        [LocationKinds.UnreadConfiguration] = (Verdict.Unreachable, "Locations that are configured there are not known."),
    };

    /// <summary>The kind of that name, as it is spelt here; null when there is none.</summary>
    public static string? KindOf(string name) => Table.Keys.FirstOrDefault(kind => kind.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Gives a location the verdict and the advice for the case that no sink reads its kind. A sink replaces both: nothing that a sink
    /// needs is only in the advice.
    /// </summary>
    public static DataLocation ForNoStore(DataLocation location)
    {
        (Verdict verdict, string sentence) = Table.GetValueOrDefault(location.Kind, Table[LocationKinds.UnknownSink]);
        string advice = sentence.Replace("{retention}", Retention(location.Retention), StringComparison.Ordinal);
        return location with
        {
            Verdict = location.Verdict ?? verdict,
            Advice = location.Advice is { } particular ? $"{advice} {particular}" : advice,
        };
    }

    private static string Retention(TimeSpan? retention) =>
        retention switch
        {
            null => "after a time that its owner knows",
            { TotalDays: >= 1 } days => string.Create(
                CultureInfo.InvariantCulture,
                $"after {days.TotalDays:0.#} {(days.TotalDays == 1 ? "day" : "days")}"
            ),
            { TotalHours: >= 1 } hours => string.Create(
                CultureInfo.InvariantCulture,
                $"after {hours.TotalHours:0.#} {(hours.TotalHours == 1 ? "hour" : "hours")}"
            ),
            { } minutes => string.Create(CultureInfo.InvariantCulture, $"after {minutes.TotalMinutes:0.#} minutes"),
        };
}
