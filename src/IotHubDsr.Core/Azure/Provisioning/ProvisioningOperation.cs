namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>What an operation of a Device Provisioning Service takes to be allowed.</summary>
/// <param name="Verb">The verb, as in "not allowed to …": <c>read</c>.</param>
/// <param name="Subject">What it is done to: <c>enrollments</c>.</param>
/// <param name="Action">The data action that a role has to have.</param>
/// <param name="Right">What a shared access policy has to have instead.</param>
internal sealed record ProvisioningOperation(string Verb, string Subject, string Action, string Right)
{
    private const string Actions = "Microsoft.Devices/provisioningServices/";

    public static ProvisioningOperation ReadEnrollments { get; } =
        new("read", "enrollments", $"{Actions}enrollments/read", "EnrollmentRead");

    public static ProvisioningOperation ReadGroups { get; } =
        new("read", "enrollment groups", $"{Actions}enrollmentGroups/read", "EnrollmentRead");

    public static ProvisioningOperation ReadRegistrations { get; } =
        new("read", "registrations", $"{Actions}registrationStates/read", "RegistrationStatusRead");

    public static ProvisioningOperation ReadAttestation { get; } =
        new("read", "attestations", $"{Actions}attestationmechanism/details/action", "EnrollmentWrite")
        {
            Role = "Device Provisioning Service Data Contributor",
        };

    public static ProvisioningOperation WriteEnrollment { get; } =
        new("disable", "enrollments", $"{Actions}enrollments/write", "EnrollmentWrite")
        {
            Role = "Device Provisioning Service Data Contributor",
        };

    public static ProvisioningOperation DeleteEnrollment { get; } =
        new("delete", "enrollments", $"{Actions}enrollments/delete", "EnrollmentWrite")
        {
            Role = "Device Provisioning Service Data Contributor",
        };

    public static ProvisioningOperation DeleteRegistration { get; } =
        new("delete", "registrations", $"{Actions}registrationStates/delete", "RegistrationStatusWrite")
        {
            Role = "Device Provisioning Service Data Contributor",
        };

    /// <summary>The built-in role that allows it.</summary>
    public string Role { get; private init; } = "Device Provisioning Service Data Reader";
}
