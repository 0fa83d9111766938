namespace IotHubDsr.Core.Azure.Hub;

/// <summary>What an operation needs: a place in a queue, and a right.</summary>
/// <param name="Class">The limit it counts against.</param>
/// <param name="Verb">The verb, as in "not allowed to …": <c>read</c>.</param>
/// <param name="Subject">What it is done to: <c>devices</c>.</param>
/// <param name="Role">What to assign to the account that may not.</param>
/// <param name="Action">The data action that a role has to have.</param>
internal sealed record HubOperation(HubOperationClass Class, string Verb, string Subject, string Role, string Action)
{
    private const string Actions = "Microsoft.Devices/IotHubs/";

    public static HubOperation ReadRegistry { get; } =
        new(HubOperationClass.Registry, "read", "devices", RoleOrPolicy("IoT Hub Data Reader", "registry read"), $"{Actions}devices/read");

    public static HubOperation ReadStatistics { get; } =
        new(
            HubOperationClass.Registry,
            "read",
            "devices",
            RoleOrPolicy("IoT Hub Data Reader", "registry read"),
            $"{Actions}statistics/read"
        );

    public static HubOperation DeleteDevice { get; } =
        new(
            HubOperationClass.Registry,
            "delete",
            "devices",
            RoleOrPolicy("IoT Hub Data Contributor", "registry write"),
            $"{Actions}devices/delete"
        );

    /// <summary>The call that deletes many: it takes the right to write, too.</summary>
    public static HubOperation DeleteDevices { get; } = DeleteDevice with { Action = $"{Actions}devices/delete or {Actions}devices/write" };

    public static HubOperation ReadTwin { get; } =
        new(
            HubOperationClass.TwinRead,
            "read",
            "device twins",
            RoleOrPolicy("IoT Hub Data Reader", "service connect"),
            $"{Actions}twins/read"
        );

    public static HubOperation Query { get; } =
        new(
            HubOperationClass.Query,
            "query",
            "device twins",
            RoleOrPolicy("IoT Hub Data Reader", "service connect"),
            $"{Actions}twins/read"
        );

    public static HubOperation ReadJobs { get; } =
        new(HubOperationClass.Jobs, "read", "jobs", RoleOrPolicy("IoT Hub Data Reader", "registry read"), $"{Actions}jobs/read");

    public static HubOperation ReadConfigurations { get; } =
        new(
            HubOperationClass.Configurations,
            "read",
            "configurations",
            RoleOrPolicy("IoT Hub Data Reader", "registry read"),
            $"{Actions}configurations/read"
        );

    public static HubOperation WriteConfigurations { get; } =
        new(
            HubOperationClass.Configurations,
            "change",
            "configurations",
            RoleOrPolicy("IoT Hub Data Contributor", "registry write"),
            $"{Actions}configurations/write"
        );

    public static HubOperation DeleteConfigurations { get; } =
        WriteConfigurations with
        {
            Verb = "delete",
            Action = $"{Actions}configurations/delete",
        };

    public static HubOperation PurgeQueue { get; } =
        new(
            HubOperationClass.CloudToDevice,
            "purge",
            "message queues",
            RoleOrPolicy("IoT Hub Data Contributor", "service connect"),
            $"{Actions}cloudToDeviceMessages/queue/purge/action"
        );

    private static string RoleOrPolicy(string role, string permission) =>
        $"the role {role} (to a shared access policy: the permission '{permission}')";
}
