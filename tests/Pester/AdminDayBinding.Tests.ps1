#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
    $script:sandbox = Start-IotHubSandbox
    $script:default = Join-Path $TestDrive 'default'
    Connect-IotHubDsr -Sandbox $sandbox -RequestStore $default | Out-Null

    # The IDs as the command understood them: no device of the sandbox has one of digits, so each is told once as not found.
    function Get-AskedId([scriptblock] $Command) {
        $ErrorActionPreference = 'Continue'
        & $Command 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object TargetObject | Sort-Object -CaseSensitive
    }
}

AfterAll {
    if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
    Stop-IotHubSandbox $sandbox
}

Describe 'IDs of digits only can be typed' {
    It 'takes the text as it was typed' {
        Get-AskedId { Get-IotDeviceDataFootprint 356938035643809 } | Should -Be '356938035643809'
        Get-AskedId { Get-IotDeviceDataFootprint 007 } | Should -Be '007'
        Get-AskedId { Get-IotDeviceDataFootprint -DeviceId 1e3 } | Should -Be '1e3'
        Get-AskedId { Get-IotDeviceDataFootprint -DeviceId:0x10 } | Should -Be '0x10'
        Get-AskedId { Get-IotDeviceDataFootprint 99999999999999999999 } | Should -Be '99999999999999999999'
    }

    It 'takes the text as it was typed in a list and from the pipeline' {
        Get-AskedId { Get-IotDeviceDataFootprint 007, 1e3, 356938035643809 -ThrottleLimit 7 } | Should -Be '007', '1e3', '356938035643809'
        Get-AskedId { 007, 1e3, 356938035643809 | Get-IotDeviceDataFootprint } | Should -Be '007', '1e3', '356938035643809'
        Get-AskedId { @(007; 0008) | Get-IotDeviceDataFootprint } | Should -Be '0008', '007'
    }

    It 'refuses a number when what it was written as cannot be told' {
        { Get-IotDeviceDataFootprint 7, 007 } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
        $number = 1e3
        { Get-IotDeviceDataFootprint $number } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
        { Remove-IotDeviceData 7, 007 -Force } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
    }

    It 'does not take what one number was typed as for another' {
        $number = 7
        { $number, 007 | Remove-IotDeviceData -Force } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
        { Remove-IotDeviceData -Force $number, 007 } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
        { 010, 5 | ForEach-Object { $_ * 2 } | Remove-IotDeviceData -Force } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
        { @($number) -ge 007 | Get-IotDeviceDataFootprint } | Should -Throw -ErrorId 'DeviceIdIsNumber,*'
        Get-AskedId { @{ DeviceId = $number; Shelf = 007 } | Get-IotDeviceDataFootprint -WarningAction SilentlyContinue } | Should -Be '7'
        Get-AskedId { @{ DeviceId = 007; Shelf = 7 } | Get-IotDeviceDataFootprint } | Should -Be '007'
        Get-AskedId { Get-IotDeviceDataFootprint 007, 008 -ThrottleLimit (1 + $number) } | Should -Be '007', '008'
    }

    It 'warns when zeros in front may have been lost' {
        $number = 007
        Get-IotDeviceDataFootprint $number -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction SilentlyContinue | Out-Null
        "$warnings" | Should -BeLike '*ID 7 *quote it*'
        Get-IotDeviceDataFootprint 356938035643809 -WarningVariable none -ErrorAction SilentlyContinue | Out-Null
        $none | Should -BeNullOrEmpty
    }

    It 'does not bind an integer that is called Id' {
        Get-Process -Id $PID | Get-IotDeviceDataFootprint -ErrorVariable errors -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        [pscustomobject]@{ Id = 7 } | Get-IotDeviceDataFootprint -ErrorVariable errors -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
    }

    It 'binds hashtables with a DeviceId' {
        $ids = @{ DeviceId = 'dev1' }, [ordered]@{ deviceid = 'dev2' } | Get-IotDeviceDataFootprint |
            Where-Object Kind -EQ 'DeviceRegistry' | ForEach-Object DeviceId
        $ids | Sort-Object | Should -Be 'dev1', 'dev2'
        Get-AskedId { @{ DeviceId = 356938035643809 } | Get-IotDeviceDataFootprint -WarningAction SilentlyContinue } | Should -Be '356938035643809'
    }
}

Describe 'The store of a piped request is looked in' {
    BeforeEach {
        $script:store = Join-Path $TestDrive ([guid]::NewGuid())
    }

    It 'by the commands that go on with a request' {
        $request = New-IotDataRequest 'th-010' -RequestStore $store
        $receipts = $request | Remove-IotDeviceData -Force
        $receipts.RequestStore | Sort-Object -Unique | Should -Be $store
        $receipts | Test-IotDeviceDataErasure | Should -Not -BeNullOrEmpty
        Get-IotDataRequest -RequestStore $store | Resume-IotDataRequest -Force | Should -Not -BeNullOrEmpty
        (Get-IotDataRequest -RequestStore $store).Certificates | Should -HaveCount 3
        Test-Path $default | Should -BeFalse
    }

    It 'by the commands that export, note and report' {
        $request = New-IotDataRequest 'th-011' -RequestStore $store
        $request | Export-IotDeviceData -Path (Join-Path $TestDrive ([guid]::NewGuid())) | Should -Not -BeNullOrEmpty
        ($request | Set-IotDataRequest -AnswerNote 'Sent by post.').AnswerNote | Should -Be 'Sent by post.'
        ($request | Get-IotDataRequest).RequestId | Should -Be $request.RequestId
        $request | Export-IotDataRequestReport -Path (Join-Path $TestDrive 'report.html') | Should -Not -BeNullOrEmpty
    }

    It 'for each of several requests in stores of their own' {
        $requests = 'a', 'b' | ForEach-Object { New-IotDataRequest 'th-012' -RequestStore (Join-Path $TestDrive "of-$_") }
        ($requests | Get-IotDataRequest).RequestStore | Sort-Object | Should -Be ($requests.RequestStore | Sort-Object)
        { $requests | Remove-IotDeviceData -Force } | Should -Throw -ErrorId 'RequestForOtherDevices,*'
    }
}

Describe 'Files bind as their names say' {
    BeforeAll {
        $script:folder = New-Item -ItemType Directory (Join-Path $TestDrive 'files')
        Push-Location $folder
        Set-Content plan.json '{}'
    }

    AfterAll {
        Pop-Location
    }

    It 'takes a certificate by its path, as a file and from a request' {
        $receipts = Remove-IotDeviceData 'th-014' -Force
        $file = (Get-IotDataRequest $receipts[0].RequestId).Certificates[0].Path
        Copy-Item $file x.json
        ('x.json' | Test-IotErasureCertificate).IsValid | Should -BeTrue
        (Get-Item x.json | Test-IotErasureCertificate).IsValid | Should -BeTrue
        ((Get-IotDataRequest $receipts[0].RequestId).Certificates | Test-IotErasureCertificate).IsValid | Should -BeTrue
        Get-IotDataRequest $receipts[0].RequestId | Test-IotErasureCertificate -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'InputObjectNotBound,*'
    }

    It 'takes a plan by its path and as a file' {
        New-IotErasurePlan 'th-013' -Path first.json | Out-Null
        ('first.json' | Remove-IotDeviceData -Force).DeviceId | Sort-Object -Unique | Should -Be 'th-013'
        New-IotErasurePlan 'th-015' -Path second.json | Out-Null
        (Get-Item second.json | Remove-IotDeviceData -Force).DeviceId | Sort-Object -Unique | Should -Be 'th-015'
    }

    It 'takes any other text for the ID of a device' {
        'plan.json' | Get-IotDeviceDataFootprint -ErrorVariable errors -ErrorAction SilentlyContinue | Out-Null
        $errors[0].TargetObject | Should -Be 'plan.json'
        Remove-IotDeviceData 'plan.json' -Force -ErrorVariable errors -ErrorAction SilentlyContinue | Out-Null
        $errors[0].TargetObject | Should -Be 'plan.json'
    }
}
