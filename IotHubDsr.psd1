@{
    NestedModules        = @('module/bin/IotHubDsr.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = 'b0b6f9c4-6d1b-4f0e-9a57-3c1d3a5c7e21'
    Author               = 'The IotHubDsr authors'
    CompanyName          = 'The IotHubDsr authors'
    Copyright            = '(c) 2026 The IotHubDsr authors. MIT licence.'
    Description          = 'Answers data subject requests (access, portability, erasure) for the devices of an Azure IoT Hub: finds everything the hub and everything behind it holds of a device, exports it, erases it, and reads it again.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/IotHubDsr.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Connect-IotHubDsr', 'Disconnect-IotHubDsr', 'Get-IotHubDsrContext',
        'Start-IotHubSandbox', 'Stop-IotHubSandbox',
        'Get-IotDataLocation', 'Get-IotDeviceDataFootprint', 'Export-IotDeviceData', 'New-IotErasurePlan', 'Remove-IotDeviceData',
        'New-IotDataRequest', 'Get-IotDataRequest', 'Set-IotDataRequest', 'Resume-IotDataRequest', 'Stop-IotDataRequest', 'Test-IotDeviceDataErasure',
        'Export-IotDataRequestReport',
        'Update-IotDeviceIndex', 'Get-IotDeviceIndex', 'Remove-IotDeviceIndex', 'Start-IotDsrWorker',
        'Approve-IotErasurePlan', 'Test-IotErasureCertificate'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Azure', 'IoTHub', 'GDPR', 'DataSubjectRequest', 'Privacy', 'Erasure', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'First version: finds, exports and erases in the registry, the cloud-to-device queue, routed archives, file uploads, dead letters and archived logs; lists every other location with what its owner has to do.'

            # No ProjectUri, because the project has no public home yet, and no HelpInfoUri: the help is part of the module and is not updated apart from it.
        }
    }
}
