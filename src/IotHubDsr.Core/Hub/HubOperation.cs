namespace IotHubDsr.Hub;

/// <summary>What an operation needs: a place in a queue, and a right.</summary>
/// <param name="Class">The limit it counts against.</param>
/// <param name="Verb">What is done, as it stands in "may not …": <c>read</c>.</param>
/// <param name="Subject">What it is done to: <c>devices</c>.</param>
/// <param name="Role">What to assign to the account that may not.</param>
internal sealed record HubOperation(HubOperationClass Class, string Verb, string Subject, string Role)
{
    public static HubOperation ReadRegistry { get; } =
        new(HubOperationClass.Registry, "read", "devices", RoleOrPolicy("IoT Hub Data Reader", "registry read"));

    public static HubOperation DeleteDevice { get; } =
        new(HubOperationClass.Registry, "delete", "devices", RoleOrPolicy("IoT Hub Data Contributor", "registry write"));

    public static HubOperation ReadTwin { get; } =
        new(HubOperationClass.TwinRead, "read", "device twins", RoleOrPolicy("IoT Hub Data Reader", "service connect"));

    public static HubOperation Query { get; } =
        new(HubOperationClass.Query, "query", "device twins", RoleOrPolicy("IoT Hub Data Reader", "service connect"));

    public static HubOperation PurgeQueue { get; } =
        new(HubOperationClass.CloudToDevice, "purge", "message queues", RoleOrPolicy("IoT Hub Data Contributor", "service connect"));

    private static string RoleOrPolicy(string role, string permission) =>
        $"the role {role} (to a shared access policy: the permission '{permission}')";
}
