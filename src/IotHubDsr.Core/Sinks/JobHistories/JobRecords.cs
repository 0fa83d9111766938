using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>The records of an export of the history of jobs.</summary>
internal static class JobRecords
{
    public const string RecordFile = "job-records";
    public const string JobFile = "jobs";

    private const string Service = "the IoT hub, as it gave it";

    public static RecordKind Record { get; } =
        new(
            "job-record",
            "What a job of the hub did to a device.",
            [
                RecordKind.DeviceId,
                new("record", FieldType.Object, "The record.", Service)
                {
                    IsRequired = true,
                    Fields =
                    [
                        new("jobId", FieldType.Text, "ID of the job."),
                        new("jobType", FieldType.Text, "What it does: change a twin, or call a method of the device."),
                        new("status", FieldType.Text, "How it went for the device."),
                        new("createdDateTimeUtc", FieldType.Time, "When the job was made."),
                        new("startTimeUtc", FieldType.Time, "When it began for the device."),
                        new("endTimeUtc", FieldType.Time, "When it ended for the device."),
                        new("lastUpdatedDateTimeUtc", FieldType.Time, "When the record last changed."),
                        new("outcome", FieldType.Any, "What the device answered."),
                        new("error", FieldType.Any, "Why it failed, if it did."),
                    ],
                },
            ]
        );

    public static RecordKind Job { get; } =
        new(
            "job",
            "A job of the hub that names the device. Keys, and signatures of addresses, are left out: they are credentials.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new("job", FieldType.Object, "The job.", Service)
                {
                    IsRequired = true,
                    Fields =
                    [
                        new("jobId", FieldType.Text, "Its ID."),
                        new("type", FieldType.Text, "What it does."),
                        new("status", FieldType.Text, "How far it is."),
                        new("queryCondition", FieldType.Text, "The devices that it is for."),
                        new("createdTime", FieldType.Time, "When it was made."),
                        new("startTime", FieldType.Time, "When it begins or began."),
                        new("endTime", FieldType.Time, "When it ended."),
                        new("updateTwin", FieldType.Object, "The changes to twins."),
                        new("cloudToDeviceMethod", FieldType.Object, "The method, and what it is called with."),
                        new("deviceJobStatistics", FieldType.Object, "How many devices it did what to."),
                        new("failureReason", FieldType.Text, "Why it failed, if it did."),
                    ],
                },
            ]
        );
}
